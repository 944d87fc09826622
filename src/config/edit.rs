//! Changes one setting in the text of a file; comments, order and everything else stay as their author wrote them.

use toml_edit::{DocumentMut, Item, Value};

use super::fault::ConfigFault;

/// The text of `file` with `name` set to `value`, on its line where it has one, or else before the first table.
///
/// # Errors
///
/// The text is not TOML: it is mended by hand first.
pub fn with_setting(file: &str, text: &str, name: &str, value: Value) -> Result<String, ConfigFault> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        ConfigFault::at(file, text, error.span().map_or(0, |span| span.start), error.message())
    })?;
    match document.get_mut(name).and_then(Item::as_value_mut) {
        Some(old) => {
            let around = old.decor().clone();
            *old = value;
            *old.decor_mut() = around;
        }
        None => {
            document.insert(name, Item::Value(value));
        }
    }
    let edited = document.to_string();
    // The document ends its lines its own way; a file whose lines end otherwise keeps that.
    Ok(if text.contains("\r\n") { edited.replace('\n', "\r\n") } else { edited })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> String {
        with_setting("config.toml", text, "theme", "dark".into()).unwrap()
    }

    #[test]
    fn only_the_value_changes() {
        assert_eq!(set("# a\ntheme   = 'none'   # b\nx = [1,\n 2]\n"), "# a\ntheme   = \"dark\"   # b\nx = [1,\n 2]\n");
        assert_eq!(set("theme = \"none\"\r\n"), "theme = \"dark\"\r\n");
    }

    #[test]
    fn a_setting_that_is_new_stands_before_the_tables() {
        assert_eq!(set(""), "theme = \"dark\"\n");
        assert_eq!(set("ascii = true\n\n# the key\n[seal]\nkey = \"a\"\n"), {
            "ascii = true\ntheme = \"dark\"\n\n# the key\n[seal]\nkey = \"a\"\n"
        });
    }

    #[test]
    fn what_is_not_toml_is_told_with_its_line() {
        let fault = with_setting("config.toml", "a = 1\nb = \n", "theme", "dark".into()).unwrap_err();
        assert!(fault.to_string().starts_with("config.toml:2: "), "{fault}");
    }
}
