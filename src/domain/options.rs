//! Build options as data: what each means for a certificate, what contradicts what, and which entries depend on which.
//!
//! How an options file is read, and each of its faults placed, is `config::options`'s; what follows from it for a record
//! is looked at by the checks `OP-01` to `OP-05`. A record goes by the options of its scope, else by those of the desk,
//! else by those that its policy carries.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::plan::Refusal;
use super::policy::Policy;
use super::visible::visible;

/// A build option and what it implies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildOption {
    /// Its code: `TAILLIFT`.
    pub code: String,
    /// What people read.
    pub title: String,
    /// Catalogue paths of the entries that a completion with it must restate.
    #[serde(default)]
    pub restate: Vec<String>,
    /// Regulations for which the approval must name a subject approval.
    #[serde(default)]
    pub regulations: Vec<String>,
    /// The code for bodywork (entry 38) that a vehicle with it has, if it says one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bodywork: Option<String>,
    /// A supplement to the code for bodywork that a vehicle with it has, beside others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplement: Option<String>,
    /// The special purpose (entry 51) that a vehicle with it has, if it says one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub special_purpose: Option<String>,
    /// Codes of options that no vehicle has beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excludes: Vec<String>,
}

/// Entries that depend on another: where that one differs from the stage before, these are not inherited unseen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// Catalogue path of the entry, group or table that others depend on.
    pub when: String,
    /// Catalogue paths of those that depend on it.
    pub then: Vec<String>,
    /// Why they do, as a finding says it.
    pub because: String,
    /// Whether they do not where the base manufacturer allows the new value (entry 0.2.2.1): its emission values then hold.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unless_allowed: bool,
}

/// The options of a desk or of one scope.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Their number on the desk, counted over all scopes: 1 is the first applied, 0 are those that a policy carries.
    pub version: u32,
    /// The scope they were applied to; the whole desk without one.
    #[serde(default)]
    pub scope: Option<String>,
    /// The options.
    pub options: Vec<BuildOption>,
    /// Which entries depend on which.
    #[serde(default)]
    pub dependencies: Vec<Dependency>,
}

impl Options {
    /// The options that a policy carries: what holds where no options file was applied.
    pub fn of_policy(policy: &Policy) -> Options {
        Options { options: policy.options.clone(), ..Options::default() }
    }

    /// The option of that code.
    pub fn option(&self, code: &str) -> Option<&BuildOption> {
        self.options.iter().find(|option| option.code == code)
    }

    /// Those of a record's options that are known here.
    pub fn of<'a>(&'a self, codes: &'a BTreeSet<String>) -> impl Iterator<Item = &'a BuildOption> {
        codes.iter().filter_map(|code| self.option(code))
    }

    /// What contradicts each other among a record's options.
    pub fn contradictions(&self, codes: &BTreeSet<String>) -> Vec<Contradiction<'_>> {
        let mut known = codes.iter().filter_map(|code| self.option(code));
        let mut found = Vec::new();
        while let Some(one) = known.next() {
            let here = known.clone();
            found.extend(here.filter_map(|other| {
                let why = why_not_both(one, other)?;
                Some(Contradiction { one, other, why })
            }));
        }
        found
    }

    /// Refuses options that nobody knows, with the nearest code, and options that contradict each other.
    ///
    /// # Errors
    /// The first that is unknown, or the first contradiction.
    pub fn accept(&self, codes: &BTreeSet<String>) -> Result<(), Refusal> {
        if let Some(code) = codes.iter().find(|code| self.option(code).is_none()) {
            let known = self.options.iter().map(|known| known.code.as_str());
            let refusal = Refusal::not_found(format!("{} no build option `{code}`", self.who_knows()));
            return Err(match super::nearest::nearest(code, known) {
                Some(near) => refusal.hint(format!("the nearest is `{near}`")),
                None => refusal.hint("add it to the options file, or leave it out"),
            });
        }
        match self.contradictions(codes).first() {
            None => Ok(()),
            Some(contradiction) => Err(Refusal::new("options", contradiction.in_words())
                .hint("leave one of the two out, or have the options file mended (`stageplate options check`)")),
        }
    }

    fn who_knows(&self) -> String {
        match (&self.scope, self.version) {
            (Some(scope), _) => format!("the options of scope `{scope}` know"),
            (None, 0) => "the policy knows".to_owned(),
            (None, _) => "the options of this desk know".to_owned(),
        }
    }
}

/// Two options that no vehicle has both of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction<'a> {
    /// The one.
    pub one: &'a BuildOption,
    /// The other.
    pub other: &'a BuildOption,
    /// Why not.
    pub why: WhyNot,
}

/// Why two options contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNot {
    /// One says that it excludes the other.
    Excluded,
    /// They imply different codes for bodywork.
    Bodywork,
    /// They imply different special purposes.
    SpecialPurpose,
}

impl Contradiction<'_> {
    /// What it is, in a sentence.
    pub fn in_words(&self) -> String {
        let Contradiction { one, other, why } = self;
        let implied = |what: &str, of: fn(&BuildOption) -> &Option<String>| {
            let code = |option: &BuildOption| of(option).clone().unwrap_or_default();
            let (ours, theirs) = (code(one), code(other));
            format!("{} implies {what} {ours} and {} implies {theirs}: no vehicle has both", one.code, other.code)
        };
        match why {
            WhyNot::Excluded => format!("{} and {} exclude each other", one.code, other.code),
            WhyNot::Bodywork => implied("code for bodywork", |option| &option.bodywork),
            WhyNot::SpecialPurpose => implied("special purpose", |option| &option.special_purpose),
        }
    }
}

fn why_not_both(one: &BuildOption, other: &BuildOption) -> Option<WhyNot> {
    let differ = |one: &Option<String>, other: &Option<String>| one.is_some() && other.is_some() && one != other;
    if one.excludes.contains(&other.code) || other.excludes.contains(&one.code) {
        Some(WhyNot::Excluded)
    } else if differ(&one.bodywork, &other.bodywork) {
        Some(WhyNot::Bodywork)
    } else if differ(&one.special_purpose, &other.special_purpose) {
        Some(WhyNot::SpecialPurpose)
    } else {
        None
    }
}

/// Whether one catalogue path is the other or lies in it.
pub fn touches(one: &str, other: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    within(one, other) || within(other, one)
}

/// A way along dependencies that comes back to where it began, from `when` to `when`; `None` where there is none. An entry
/// that changes because of one that changes because of it would ask for a restatement without end.
pub fn cycle(dependencies: &[Dependency]) -> Option<Vec<usize>> {
    let mut done = vec![false; dependencies.len()];
    for start in 0..dependencies.len() {
        let mut way = Vec::new();
        if let Some(cycle) = walk(dependencies, start, &mut way, &mut done) {
            return Some(cycle);
        }
    }
    None
}

fn walk(dependencies: &[Dependency], at: usize, way: &mut Vec<usize>, done: &mut [bool]) -> Option<Vec<usize>> {
    if let Some(begin) = way.iter().position(|step| *step == at) {
        return Some(way[begin..].to_vec());
    }
    if done[at] {
        return None;
    }
    way.push(at);
    let here = &dependencies[at];
    for (next, other) in dependencies.iter().enumerate() {
        if here.then.iter().any(|path| touches(path, &other.when)) {
            let found = walk(dependencies, next, way, done);
            if found.is_some() {
                return found;
            }
        }
    }
    way.pop();
    done[at] = true;
    None
}

/// How regulations are written.
pub const REGULATIONS: &str = "a regulation is written as `UN R58`, `UN R58-03` or `(EU) 2019/2144`";

/// Why a text names no regulation, if it does not: nothing to read in it, something in it that cannot be seen or only
/// looks like what it is, or no number. Which regulations there are is nobody's list.
pub fn no_regulation(text: &str) -> Option<&'static str> {
    let sign = |letter: char| letter.is_alphanumeric() || " -/().,:*§".contains(letter);
    if text.trim().is_empty() {
        Some("says nothing")
    } else if visible(text) != text || !text.chars().all(sign) {
        Some("has characters that no regulation is written with")
    } else if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        Some("has no number")
    } else {
        None
    }
}

/// What [`is_like_a_regulation`] says no to.
pub const LIKE_NONE: &str = "is written like no regulation of the UN or the Union and no paragraph of a law";

/// Whether a text is written like a regulation of the UN (`UN R58-03`, `UN Regulation No. 58`), an act of the Union
/// (`(EU) 2019/2144`, `(EC) No 661/2009`, `2007/46/EC`), or a paragraph of a national law (`§ 32 StVZO`). The shapes are inferred
/// from how certificates and the acts themselves cite them: what is like none may be one all the same.
pub fn is_like_a_regulation(text: &str) -> bool {
    let text = text.trim().to_uppercase();
    is_of_the_un(&text) || is_of_the_union(&text) || text.contains('§')
}

/// The text behind the first of these words that it begins with.
fn behind<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    words.iter().find_map(|word| text.strip_prefix(word)).map(|rest| rest.trim_start_matches([' ', '-', '.']))
}

fn is_number(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The number of the regulation, then the series of amendments where it is named.
fn is_of_the_un(text: &str) -> bool {
    let text = behind(text, &["UN/ECE", "UNECE", "UN-ECE", "UN", "ECE"]).unwrap_or(text);
    let Some(text) = behind(text, &["REGULATION NO", "REGULATION", "GTR NO", "GTR", "R"]) else { return false };
    let mut parts = text.split(['-', '.', '/']);
    parts.next().is_some_and(|number| is_number(number.trim(), 3)) && parts.all(|series| is_number(series.trim(), 2))
}

/// Number and year, or year and number, and the community before or behind them.
fn is_of_the_union(text: &str) -> bool {
    const KINDS: [&str; 7] =
        ["COMMISSION", "COUNCIL", "DELEGATED", "IMPLEMENTING", "REGULATION", "DIRECTIVE", "DECISION"];
    const COMMUNITIES: [&str; 3] = ["EU", "EC", "EEC"];
    let mut text = text;
    while let Some(rest) = behind(text, &KINDS) {
        text = rest;
    }
    let before = behind(text, &["(EU)", "(EC)", "(EEC)", "EU ", "EC ", "EEC "]);
    let numbered = before.map(|text| behind(text, &["NO"]).unwrap_or(text));
    let parts: Vec<&str> = numbered.unwrap_or(text).split('/').map(str::trim).collect();
    match (numbered, parts.as_slice()) {
        (Some(_), [one, other]) => is_number(one, 4) && is_number(other, 4),
        (None, [one, other, community]) => is_number(one, 4) && is_number(other, 4) && COMMUNITIES.contains(community),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(code: &str) -> BuildOption {
        BuildOption { code: code.to_owned(), title: code.to_lowercase(), ..BuildOption::default() }
    }

    fn codes(list: &[&str]) -> BTreeSet<String> {
        list.iter().map(|code| (*code).to_owned()).collect()
    }

    fn options() -> Options {
        let of = |code: &str, bodywork: &str| BuildOption { bodywork: Some(bodywork.to_owned()), ..option(code) };
        let crane = BuildOption { excludes: vec!["TAILLIFT".to_owned()], ..option("CRANE") };
        Options { options: vec![of("BOX", "BA"), of("TRACTOR", "BC"), crane, option("TAILLIFT")], ..Options::default() }
    }

    #[test]
    fn options_that_exclude_each_other_or_imply_different_bodies_contradict() {
        let options = options();
        let why = |list: &[&str]| options.contradictions(&codes(list)).first().map(|found| found.why);
        assert_eq!(why(&["BOX", "TAILLIFT"]), None);
        assert_eq!(why(&["BOX", "CRANE"]), None);
        assert_eq!(why(&["CRANE", "TAILLIFT"]), Some(WhyNot::Excluded), "said by one of them is enough");
        assert_eq!(why(&["BOX", "TRACTOR"]), Some(WhyNot::Bodywork));
        assert_eq!(options.contradictions(&codes(&["BOX", "TRACTOR", "CRANE", "TAILLIFT"])).len(), 2);
    }

    #[test]
    fn an_unknown_option_is_refused_with_the_nearest_and_two_that_contradict_by_name() {
        let options = options();
        assert!(options.accept(&codes(&["BOX", "TAILLIFT"])).is_ok());
        let no = options.accept(&codes(&["TAILIFT"])).unwrap_err();
        assert!(no.hints[0].contains("`TAILLIFT`"), "{no:?}");
        let no = options.accept(&codes(&["TRACTOR", "BOX"])).unwrap_err();
        assert_eq!(no.rule, "options");
        assert!(no.message.contains("BOX implies code for bodywork BA and TRACTOR implies BC"), "{no:?}");
    }

    #[test]
    fn a_regulation_is_known_by_how_it_is_written() {
        for good in [
            "UN R58",
            "UN R58-03",
            "UN R 58.03",
            "un r155",
            "R10-06",
            "ECE R90",
            "ECE-R 58",
            "UN/ECE R13-11/02",
            "UN Regulation No. 58",
            "UN GTR No. 15",
            "(EU) 2019/2144",
            "(EU)2018/858",
            "(EC) No 661/2009",
            "(EU) No. 1230/2012",
            "Regulation (EU) 2018/858",
            "Commission Delegated Regulation (EU) 2022/2236",
            "2007/46/EC",
            "Directive 70/156/EEC",
            "EU 2020/683",
            "StVZO § 32",
            "§ 32 StVZO",
        ] {
            assert!(is_like_a_regulation(good) && no_regulation(good).is_none(), "{good}");
        }
        for odd in [
            "foo12bar",
            "UN",
            "UN R",
            "UN R58-",
            "UN R5800",
            "UN R58-003",
            "58",
            "(EU) 2019",
            "(EU) 2019/2144/1",
            "2019/2144",
            "2007/46/XX",
            "R58 and so on",
            "Reg 7",
        ] {
            assert!(!is_like_a_regulation(odd), "{odd}");
        }
    }

    #[test]
    fn a_cycle_is_found_through_groups_and_a_chain_is_none() {
        let dependency = |when: &str, then: &[&str]| Dependency {
            when: when.to_owned(),
            then: then.iter().map(|path| (*path).to_owned()).collect(),
            because: "test".to_owned(),
            unless_allowed: false,
        };
        let chain = [dependency("Body", &["Mass/Actual"]), dependency("Mass/Actual", &["Test/Co2"])];
        assert_eq!(cycle(&chain), None);
        let around = [chain[0].clone(), chain[1].clone(), dependency("Test", &["Body"])];
        assert_eq!(cycle(&around), Some(vec![0, 1, 2]));
        assert_eq!(cycle(&[dependency("Mass", &["Mass/Actual"])]), Some(vec![0]), "what lies in it");
        let alike = [dependency("Mass", &["Test"]), dependency("MassOfTrailer", &["Mass"])];
        assert_eq!(cycle(&alike), None, "a name that begins alike is another");
    }
}
