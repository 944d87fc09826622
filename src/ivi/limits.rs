//! What a message may cost: counted on its text in one pass, before anything is built from it.
//!
//! Invariant: whatever passes here is read in time and memory that the limits bound. No document type declaration and
//! no entity of one's own gets past, so nothing is ever expanded.

use super::read::{FaultKind, ReadFault};

/// The most bytes of a message, as it came and as UTF-8.
pub const BYTES: usize = 20 * 1024 * 1024;
/// The most levels of elements.
pub const LEVELS: u32 = 64;
/// The most elements, attributes, texts, references, comments and instructions together.
pub const NODES: usize = 200_000;
/// The most bytes of one text, attribute, comment or instruction.
pub const VALUE: usize = 64 * 1024;
/// The most attributes and namespace declarations of one element. The parser compares each with all others.
pub const ATTRIBUTES: usize = 32;
/// The most work with namespaces: the bytes of all tags so far that declare one, summed over all tags. The parser
/// looks through the declarations for each name that has a prefix, and copies what it finds.
pub const NAMESPACE_WORK: usize = 64 * 1024 * 1024;

/// Walks over the text of a document and says which limit it breaks first, and where.
///
/// It knows just enough of XML to tell markup from text; whether the text is XML at all the parser says afterwards.
pub fn check(text: &str) -> Result<(), ReadFault> {
    Walk { text, at: 0, nodes: 0, declarations: 0, namespace_work: 0 }.run()
}

struct Walk<'a> {
    text: &'a str,
    at: usize,
    nodes: usize,
    declarations: usize,
    namespace_work: usize,
}

impl<'a> Walk<'a> {
    fn run(mut self) -> Result<(), ReadFault> {
        while let Some(rest) = self.text.get(self.at..).filter(|rest| !rest.is_empty()) {
            if !rest.starts_with('<') {
                let end = rest.find('<').unwrap_or(rest.len());
                self.piece(&rest[..end])?;
                self.references(&rest[..end])?;
                self.at += end;
            } else if rest.starts_with("<!--") {
                self.skip(rest, "<!--", "-->")?;
            } else if rest.starts_with("<![CDATA[") {
                self.skip(rest, "<![CDATA[", "]]>")?;
            } else if rest.starts_with("<?") {
                self.skip(rest, "<?", "?>")?;
            } else if rest.starts_with("<!") {
                return Err(self.fault(FaultKind::DocumentType, 0));
            } else {
                self.tag(rest)?;
            }
        }
        Ok(())
    }

    /// A comment, instruction or section of text, from its opening to its end.
    fn skip(&mut self, rest: &str, opening: &str, end: &str) -> Result<(), ReadFault> {
        let length = match rest[opening.len()..].find(end) {
            Some(found) => opening.len() + found + end.len(),
            None => rest.len(),
        };
        self.piece(&rest[..length])?;
        self.at += length;
        Ok(())
    }

    /// A start or end tag: up to the next `>` outside quotation marks.
    fn tag(&mut self, rest: &'a str) -> Result<(), ReadFault> {
        let mut quote = None;
        let mut attributes = 0;
        let mut end = rest.len();
        for (offset, byte) in rest.bytes().enumerate().skip(1) {
            if offset > VALUE {
                return Err(self.fault(FaultKind::ValueTooLong, 0));
            }
            match (quote, byte) {
                (None, b'>') => {
                    end = offset + 1;
                    break;
                }
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'=') => attributes += 1,
                // A `<` in a tag is a fault that the parser names; here it must not hide the next tag.
                (None, b'<') => {
                    end = offset;
                    break;
                }
                (Some(open), close) if open == close => quote = None,
                _ => {}
            }
        }
        let tag = &rest[..end];
        if attributes > ATTRIBUTES {
            return Err(self.fault(FaultKind::TooManyAttributes, 0));
        }
        if !tag.starts_with("</") {
            self.count(1 + attributes)?;
            self.namespaces(tag, attributes)?;
        }
        self.references(tag)?;
        self.at += end;
        Ok(())
    }

    /// One text, comment or instruction.
    fn piece(&mut self, piece: &str) -> Result<(), ReadFault> {
        if piece.len() > VALUE {
            return Err(self.fault(FaultKind::ValueTooLong, 0));
        }
        self.count(1)
    }

    fn namespaces(&mut self, tag: &str, attributes: usize) -> Result<(), ReadFault> {
        if attributes > 0 && tag.contains("xmlns") {
            self.declarations += tag.len();
        }
        self.namespace_work += self.declarations * (1 + attributes);
        if self.namespace_work > NAMESPACE_WORK { Err(self.fault(FaultKind::TooManyNamespaces, 0)) } else { Ok(()) }
    }

    fn count(&mut self, nodes: usize) -> Result<(), ReadFault> {
        self.nodes += nodes;
        if self.nodes > NODES { Err(self.fault(FaultKind::TooManyNodes, 0)) } else { Ok(()) }
    }

    /// References in `piece`, which begins where the walk stands, must be to characters or to one of XML's own five.
    fn references(&mut self, piece: &str) -> Result<(), ReadFault> {
        for (offset, _) in piece.match_indices('&') {
            self.count(1)?;
            let rest = &piece[offset + 1..];
            let own = ["#", "lt;", "gt;", "amp;", "apos;", "quot;"];
            if !own.iter().any(|own| rest.starts_with(own)) {
                let name: String = rest.chars().take_while(|letter| letter.is_alphanumeric()).take(40).collect();
                return Err(self.fault(FaultKind::Entity(name), offset));
            }
        }
        Ok(())
    }

    fn fault(&self, kind: FaultKind, offset: usize) -> ReadFault {
        ReadFault::at(kind, self.text.as_bytes(), self.at + offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Option<FaultKind> {
        check(text).err().map(|fault| fault.kind)
    }

    #[test]
    fn markup_in_comments_sections_and_quotation_marks_is_not_counted_as_markup() {
        assert_eq!(
            kind("<?xml version='1.0'?><!-- <!DOCTYPE & --><a b=\"<>&amp;\"><![CDATA[<!DOCTYPE &x;]]></a>"),
            None
        );
    }

    #[test]
    fn a_document_type_is_found_wherever_it_stands() {
        assert_eq!(kind("<!DOCTYPE a><a/>"), Some(FaultKind::DocumentType));
        assert_eq!(kind("<a><!ENTITY b 'c'></a>"), Some(FaultKind::DocumentType));
    }

    #[test]
    fn a_reference_to_an_entity_is_refused_with_its_name_and_place() {
        let fault = check("<a>\n  x&boom;</a>").unwrap_err();
        assert_eq!(fault.kind, FaultKind::Entity("boom".to_owned()));
        assert_eq!((fault.line, fault.column), (Some(2), Some(4)));
        assert_eq!(kind("<a b='&c;'/>"), Some(FaultKind::Entity("c".to_owned())));
        assert_eq!(kind("<a>&#13;&lt;&gt;&amp;&apos;&quot;</a>"), None);
    }

    #[test]
    fn each_limit_is_kept_to_the_byte_and_the_node() {
        let value = |length: usize| format!("<a>{}</a>", "x".repeat(length));
        assert_eq!(kind(&value(VALUE)), None);
        assert_eq!(kind(&value(VALUE + 1)), Some(FaultKind::ValueTooLong));
        let nodes = |count: usize| format!("<a>{}</a>", "<b/>".repeat(count - 1));
        assert_eq!(kind(&nodes(NODES)), None);
        assert_eq!(kind(&nodes(NODES + 1)), Some(FaultKind::TooManyNodes));
        let attributes = |count: usize| format!("<a {}/>", "b='' ".repeat(count));
        assert_eq!(kind(&attributes(ATTRIBUTES)), None);
        assert_eq!(kind(&attributes(ATTRIBUTES + 1)), Some(FaultKind::TooManyAttributes));
    }

    #[test]
    fn references_count_as_nodes() {
        assert_eq!(kind(&format!("<a>{}</a>", "<b>&lt;&gt;</b>".repeat(NODES / 2))), Some(FaultKind::TooManyNodes));
    }

    #[test]
    fn many_names_under_many_or_long_namespaces_are_refused() {
        let elements = "<p:b/>".repeat(100_000);
        assert_eq!(kind(&format!("<a xmlns:p='urn:x'>{elements}</a>")), None);
        let long = format!("<a xmlns:p='{}'>{elements}</a>", "u".repeat(1000));
        assert_eq!(kind(&long), Some(FaultKind::TooManyNamespaces));
        let level: String = (0..30).map(|number| format!(" xmlns:p{number}='u'")).collect();
        assert_eq!(kind(&format!("<a{level}>").repeat(60)), None);
        assert_eq!(
            kind(&format!("{}{elements}", format!("<a{level}>").repeat(60))),
            Some(FaultKind::TooManyNamespaces)
        );
    }

    #[test]
    fn an_unfinished_tag_costs_no_more_than_a_finished_one() {
        assert_eq!(kind(&format!("<a b='{}", "x".repeat(VALUE))), Some(FaultKind::ValueTooLong));
        assert_eq!(kind("<a b='"), None);
    }
}
