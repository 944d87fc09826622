//! The sections of the certificate, in the order in which its readers know them.

/// A section of the certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// The header of the message: no part of the certificate.
    Message,
    /// Part 1: who declares what, under which approval.
    Declaration,
    /// Entries 1 to 3.
    Construction,
    /// Entries 4 to 12.
    Dimensions,
    /// Entries 13 to 19.
    Masses,
    /// Entries 20 to 28.
    Power,
    /// Entry 29.
    Speed,
    /// Entries 30 to 35.
    Axles,
    /// Entries 36 and 37.
    Brakes,
    /// Entries 38 to 43.
    Bodywork,
    /// Entries 44 and 45.
    Coupling,
    /// Entries 46 to 49.
    Environment,
    /// Entries 50 and above, the remarks among them.
    Miscellaneous,
    /// What only the certificates of two- and three-wheelers and of tractors have.
    Other,
}

impl Section {
    /// All sections, in the order of the certificate.
    pub const ALL: [Section; 14] = [
        Section::Message,
        Section::Declaration,
        Section::Construction,
        Section::Dimensions,
        Section::Masses,
        Section::Power,
        Section::Speed,
        Section::Axles,
        Section::Brakes,
        Section::Bodywork,
        Section::Coupling,
        Section::Environment,
        Section::Miscellaneous,
        Section::Other,
    ];

    /// Its word in the catalogue's data and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Section::Message => "message",
            Section::Declaration => "declaration",
            Section::Construction => "construction",
            Section::Dimensions => "dimensions",
            Section::Masses => "masses",
            Section::Power => "power",
            Section::Speed => "speed",
            Section::Axles => "axles",
            Section::Brakes => "brakes",
            Section::Bodywork => "bodywork",
            Section::Coupling => "coupling",
            Section::Environment => "environment",
            Section::Miscellaneous => "miscellaneous",
            Section::Other => "other",
        }
    }

    /// The section of that word.
    pub fn of(word: &str) -> Option<Section> {
        Section::ALL.into_iter().find(|section| section.word() == word)
    }

    /// What people read above its entries.
    pub fn title(self) -> &'static str {
        match self {
            Section::Message => "Message",
            Section::Declaration => "Declaration",
            Section::Construction => "General construction",
            Section::Dimensions => "Main dimensions",
            Section::Masses => "Masses",
            Section::Power => "Power plant",
            Section::Speed => "Maximum speed",
            Section::Axles => "Axles and suspension",
            Section::Brakes => "Brakes",
            Section::Bodywork => "Bodywork",
            Section::Coupling => "Coupling",
            Section::Environment => "Environment",
            Section::Miscellaneous => "Miscellaneous",
            Section::Other => "Entries of other vehicles",
        }
    }

    /// The part of the certificate it stands in; the header of the message is in none.
    pub fn part(self) -> Option<u8> {
        match self {
            Section::Message => None,
            Section::Declaration => Some(1),
            _ => Some(2),
        }
    }

    /// The section that an entry number belongs to (`13.2`, `18.1-18.4`, `35 rim`).
    pub fn of_entry(entry: &str) -> Option<Section> {
        Some(match entry_number(entry).first()? {
            0 => Section::Declaration,
            1..=3 => Section::Construction,
            4..=12 => Section::Dimensions,
            13..=19 => Section::Masses,
            20..=28 => Section::Power,
            29 => Section::Speed,
            30..=35 => Section::Axles,
            36 | 37 => Section::Brakes,
            38..=43 => Section::Bodywork,
            44 | 45 => Section::Coupling,
            46..=49 => Section::Environment,
            _ => Section::Miscellaneous,
        })
    }
}

/// The parts of an entry number, so that `13.2` sorts before `13.10`: of a range its first, without the word that tells
/// entries of one number apart.
pub fn entry_number(entry: &str) -> Vec<u32> {
    let number = entry.split([' ', '-']).next().unwrap_or_default();
    number.split('.').filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_numbers_sort_as_the_certificate_lists_them() {
        let mut entries = ["13.2", "18.1-18.4 brakes", "5", "0.10", "13", "0.2.2.1 min", "13.1"];
        entries.sort_by_key(|entry| entry_number(entry));
        assert_eq!(entries, ["0.2.2.1 min", "0.10", "5", "13", "13.1", "13.2", "18.1-18.4 brakes"]);
    }

    #[test]
    fn a_section_is_found_by_its_word() {
        for section in Section::ALL {
            assert_eq!(Section::of(section.word()), Some(section));
        }
        assert_eq!(Section::of("engine"), None);
    }
}
