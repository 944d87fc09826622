//! The house of `src/lib.rs`: which room may name which. An arrow that is not in the table fails here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Room -> rooms it may name. What is not listed is not allowed; everybody may name itself.
const ARROWS: [(&str, &[&str]); 13] = [
    ("failure", &[]),
    ("bounded", &[]),
    ("domain", &[]),
    ("ivi", &["domain", "bounded"]),
    ("store", &["domain", "failure"]),
    ("config", &["domain", "bounded"]),
    ("intake", &["domain", "ivi", "store", "config", "bounded"]),
    ("issuing", &["domain", "ivi", "store", "config", "failure"]),
    ("app", &["domain", "config", "failure"]),
    ("view", &["domain", "config", "app", "failure"]),
    ("term", &["domain", "config", "app", "view", "store", "ivi", "issuing", "failure"]),
    ("cli", &["domain", "ivi", "store", "config", "intake", "issuing", "app", "term", "failure", "bounded"]),
    ("main", &["cli", "failure"]),
];

/// Crates that only one or a few rooms may name.
const CRATES: [(&str, &[&str]); 7] = [
    ("rusqlite", &["store"]),
    ("ratatui", &["view", "term"]),
    ("crossterm", &["term"]),
    // The engine of a text being written, in one file; its state is the model's, its widget nobody's.
    ("tui_textarea", &["app"]),
    ("clap", &["cli", "main"]),
    ("bergshamra", &["ivi"]),
    ("uppsala", &["ivi"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Every source file with its room and its code, comments left out.
fn rooms() -> Vec<(String, PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    files
        .into_iter()
        .filter(|path| path.file_name().is_some_and(|name| name != "lib.rs"))
        .map(|path| {
            let inside = path.strip_prefix(&src).unwrap();
            let room = inside.components().next().unwrap().as_os_str().to_string_lossy().replace(".rs", "");
            let text = fs::read_to_string(&path).unwrap();
            // A unit test may look into any room; what ships may not.
            let tests = path.file_stem().is_some_and(|name| name == "tests" || name == "fixture" || name == "testing");
            let shipped = if tests { "" } else { text.split("#[cfg(test)]").next().unwrap_or_default() };
            let code: Vec<&str> = shipped.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            (room, path.clone(), code.join("\n"))
        })
        .collect()
}

#[test]
fn arrows_between_rooms_point_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.into_iter().collect();
    for (room, path, code) in rooms() {
        let may = allowed.get(room.as_str()).unwrap_or_else(|| panic!("{room} is no room of the house"));
        for (other, _) in ARROWS {
            let names = code.contains(&format!("crate::{other}")) || code.contains(&format!("stageplate::{other}"));
            if names && other != room && !may.contains(&other) {
                panic!("{} names `{other}`, which {room} may not", path.display());
            }
        }
    }
}

#[test]
fn some_crates_stay_in_their_rooms() {
    for (room, path, code) in rooms() {
        for (name, may) in CRATES {
            let named = code.contains(&format!("{name}::")) || code.contains(&format!("use {name}"));
            assert!(!named || may.contains(&room.as_str()), "{} names the crate {name}", path.display());
        }
    }
}

#[test]
fn the_editing_engine_is_named_where_a_text_is_defined_and_nowhere_else() {
    let named = rooms().into_iter().filter(|(_, _, code)| code.contains("tui_textarea"));
    let named: Vec<PathBuf> = named.map(|(_, path, _)| path).collect();
    assert_eq!(named, [Path::new(env!("CARGO_MANIFEST_DIR")).join("src/app/text.rs")]);
}

#[test]
fn the_domain_and_the_app_reach_for_no_clock_no_chance_and_no_file() {
    for (room, path, code) in rooms() {
        if room != "domain" && room != "app" {
            continue;
        }
        for word in [
            "Utc::now",
            "Local::now",
            "SystemTime",
            "Instant::now",
            "new_v4",
            "std::fs",
            "std::env",
            "std::net",
            "std::thread",
        ] {
            assert!(!code.contains(word), "{} reaches for {word}", path.display());
        }
    }
}

#[test]
fn every_module_says_first_what_it_is_responsible_for() {
    for (_, path, _) in rooms() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//! "), "{} does not begin with what it is responsible for", path.display());
    }
}

#[test]
fn the_main_file_stays_small() {
    let main = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/main.rs");
    assert!(fs::read_to_string(main).unwrap().lines().count() < 40);
}
