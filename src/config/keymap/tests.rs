//! What keymaps promise, on small ones.

use std::collections::BTreeSet;

use super::*;

const WORDS: Words<'static> = Words {
    commands: &["cursor-down", "cursor-up", "first", "last", "quit", "filter", "send"],
    contexts: &["list", "record", "form"],
    typing: &["form"],
};

const SMALL: &str = r#"
[[binding]]
keys = ["j", "down"]
command = "cursor-down"
when = ["list", "record"]
help = "down a row"

[[binding]]
keys = ["g g"]
command = "first"
when = "list"
help = "to the first row"

[[binding]]
keys = ["q", "ctrl-d"]
command = "quit"
when = "global"
help = "leave"
"#;

fn keys(text: &str) -> Vec<Key> {
    text.split(' ').map(|key| key.parse().unwrap()).collect()
}

fn small() -> Keymap {
    parse("small.toml", SMALL, &WORDS).unwrap()
}

fn faults(text: &str) -> Vec<String> {
    parse("k.toml", text, &WORDS).unwrap_err().iter().map(ToString::to_string).collect()
}

fn binding(keys: &str, command: &str, when: &str) -> String {
    format!("[[binding]]\nkeys = {keys}\ncommand = \"{command}\"\nwhen = \"{when}\"\nhelp = \"h\"\n")
}

/// Lays a person's file, based on `default` = [`SMALL`], over it.
fn over_small(text: &str) -> Result<Keymap, Vec<ConfigFault>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("small.toml"), SMALL).unwrap();
    std::fs::write(folder.path().join("mine.toml"), text).unwrap();
    read("mine", Some(folder.path()), &WORDS)
}

#[test]
fn keys_run_the_command_of_their_context_and_global_ones_everywhere() {
    let keymap = small();
    assert_eq!(keymap.lookup("list", &keys("j")), Match::Command("cursor-down"));
    assert_eq!(keymap.lookup("record", &keys("down")), Match::Command("cursor-down"));
    assert_eq!(keymap.lookup("list", &keys("g")), Match::Prefix);
    assert_eq!(keymap.lookup("list", &keys("g g")), Match::Command("first"));
    assert_eq!(keymap.lookup("list", &keys("g j")), Match::None);
    assert_eq!(keymap.lookup("record", &keys("g")), Match::None);
    assert_eq!(keymap.lookup("record", &keys("q")), Match::Command("quit"));
    assert_eq!(keymap.lookup("record", &[]), Match::None);
}

#[test]
fn after_a_prefix_what_may_follow_is_known() {
    let text = format!("{SMALL}{}", binding("[\"g x\"]", "filter", "global"));
    let keymap = parse("k.toml", &text, &WORDS).unwrap();
    let following = |context, pending: &str| {
        let pending = keys(pending);
        keymap.following(context, &pending).map(|binding| binding.command.clone()).collect::<Vec<_>>()
    };
    assert_eq!(following("list", "g"), ["first", "filter"]);
    assert_eq!(following("record", "g"), ["filter"]);
    assert_eq!(following("list", "g g"), Vec::<String>::new());
}

#[test]
fn where_text_is_typed_no_plain_character_runs_a_global_command() {
    let keymap = small();
    assert_eq!(keymap.lookup("form", &keys("q")), Match::None);
    assert_eq!(keymap.lookup("form", &keys("ctrl-d")), Match::Command("quit"));
    assert_eq!(faults(&binding(r#"["s", "ctrl-s"]"#, "send", "form")), ["k.toml:2: `s` is text in the context `form`"]);
}

#[test]
fn a_binding_of_the_context_goes_before_a_global_one() {
    let text = format!("{SMALL}{}", binding("[\"q\"]", "last", "record"));
    let keymap = parse("k.toml", &text, &WORDS).unwrap();
    assert_eq!(keymap.lookup("record", &keys("q")), Match::Command("last"));
    assert_eq!(keymap.lookup("list", &keys("q")), Match::Command("quit"));
    let shown: Vec<String> = keymap.keys_of("record", "quit").map(ToString::to_string).collect();
    assert_eq!(shown, ["ctrl-d"], "help shows only what can be pressed");
}

#[test]
fn every_unknown_word_is_told_with_its_line_and_the_nearest() {
    let text = format!(
        "{}{}{}",
        binding("[\"j\"]", "cursor-dwon", "lst"),
        binding("[\"entr\", \"ctrl-i\"]", "quit", "global"),
        "[[binding]]\nkey = [\"x\"]\ncommand = \"send\"\nhelp = \"h\"\n"
    );
    assert_eq!(
        faults(&text),
        [
            "k.toml:3: no command is called `cursor-dwon` (did you mean `cursor-down`?)",
            "k.toml:4: no context is called `lst` (did you mean `list`?)",
            "k.toml:7: no key is called `entr` (did you mean `enter`?)",
            "k.toml:7: `ctrl-i` cannot be told from `tab` on a terminal (did you mean `tab`?)",
            "k.toml:11: `keys` is missing; to unbind a command, write `keys = []`",
            "k.toml:11: `when` is missing: a context, or \"global\" for everywhere",
            "k.toml:12: `key` is not known here (did you mean `keys`?)",
        ]
    );
}

#[test]
fn a_conflict_names_both_lines() {
    let same = format!("{}{}", binding("[\"x\"]", "first", "list"), binding("[\"x\"]", "last", "list"));
    assert_eq!(faults(&same), ["k.toml:7: `x` in `list` is already bound to `first` on line 2"]);

    let prefix = format!("{}{}", binding("[\"g g\"]", "first", "list"), binding("[\"g\"]", "last", "list"));
    assert_eq!(
        faults(&prefix),
        ["k.toml:7: `g` in `list` collides with `g g`, bound to `first` on line 2: one begins with the other"]
    );

    let twice = format!("{}{}", binding("[\"x\"]", "first", "list"), binding("[\"y\"]", "first", "list"));
    assert_eq!(
        faults(&twice),
        ["k.toml:8: `first` in `list` is already bound on line 3: write all its keys in one place"]
    );
}

#[test]
fn a_persons_keymap_says_only_what_differs() {
    let keymap = over_small(
        "base = \"small\"\n\
         [[binding]]\nkeys = [\"n\"]\ncommand = \"cursor-down\"\nwhen = \"list\"\n\
         [[binding]]\nkeys = []\ncommand = \"quit\"\nwhen = \"global\"\n\
         [[binding]]\nkeys = [\"g\"]\ncommand = \"last\"\nwhen = \"list\"\nhelp = \"to the last row\"\n",
    )
    .unwrap();
    assert_eq!(keymap.lookup("list", &keys("n")), Match::Command("cursor-down"));
    assert_eq!(keymap.lookup("list", &keys("j")), Match::None, "the keys are replaced");
    assert_eq!(keymap.lookup("record", &keys("j")), Match::Command("cursor-down"), "in that context only");
    assert_eq!(keymap.lookup("list", &keys("q")), Match::None, "unbound");
    assert_eq!(keymap.lookup("list", &keys("g")), Match::Command("last"), "a person's key is theirs");
    let help = keymap.reachable("list").find(|binding| binding.command == "cursor-down").map(|found| &*found.help);
    assert_eq!(help, Some("down a row"), "help comes from the base");
}

#[test]
fn a_base_that_is_unknown_or_circular_is_told() {
    let told = |text| over_small(text).unwrap_err().iter().map(ToString::to_string).collect::<Vec<_>>();
    let unknown = told("base = \"smal\"\n");
    assert!(unknown[0].ends_with("mine.toml:1: no keymap is called `smal` (did you mean `small`?)"), "{unknown:?}");
    let circle = told("base = \"mine\"\n");
    assert!(circle[0].contains("mine"), "{circle:?}");
    let outside = told("base = \"../mine\"\n");
    assert!(outside[0].contains("no keymap is called"), "{outside:?}");
}

#[test]
fn a_keymap_at_fault_gives_way_to_the_default_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.toml"), "bindings = 1\n").unwrap();
    let (_, faults) = read_or_default("mine", Some(folder.path()), &WORDS);
    assert!(faults[0].to_string().ends_with("mine.toml:1: `bindings` is not known here (did you mean `binding`?)"));
}

#[test]
fn help_is_asked_for() {
    let text = "[[binding]]\nkeys = [\"x\"]\ncommand = \"first\"\nwhen = \"list\"\nhelp = \" \"\n";
    assert_eq!(faults(text), ["k.toml:3: `help` is missing: what `first` does, in a few words"]);
}

#[test]
fn of_a_command_that_is_not_known_no_help_is_asked_for() {
    let text = "[[binding]]\nkeys = [\"x\"]\ncommand = \"frist\"\nwhen = \"list\"\n";
    assert_eq!(faults(text), ["k.toml:3: no command is called `frist` (did you mean `first`?)"]);
    let both = format!("{}{text}", binding("[\"x\"]", "last", "list"));
    assert_eq!(faults(&both).len(), 2, "its keys are looked at all the same");
}

#[test]
fn the_keymaps_that_come_with_the_program_hold() {
    for name in built_in_names() {
        let table: toml::Table = built_in(name).unwrap().parse().unwrap();
        let mut commands = BTreeSet::new();
        let mut contexts = BTreeSet::new();
        for binding in table["binding"].as_array().unwrap() {
            commands.insert(binding["command"].as_str().unwrap());
            match &binding["when"] {
                toml::Value::Array(list) => contexts.extend(list.iter().filter_map(toml::Value::as_str)),
                one => contexts.extend(one.as_str()),
            }
        }
        let (commands, contexts): (Vec<&str>, Vec<&str>) =
            (commands.into_iter().collect(), contexts.into_iter().collect());
        let words = Words { commands: &commands, contexts: &contexts, typing: &["form", "filter", "palette"] };
        let keymap = read(name, None, &words).unwrap_or_else(|faults| panic!("{faults:#?}"));
        assert!(keymap.bindings().len() > 20);
    }
}
