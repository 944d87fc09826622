//! Packed blobs: bodies compressed, with the first large body of a kind as the dictionary for those after it.
//!
//! The messages of a desk resemble each other closely, so the first one received says most of what any other says; the
//! same holds for entries, for what records declare and for what events tell. A packed blob is: one byte, the number of
//! its dictionary ([`PLAIN`] not compressed, [`ALONE`] without a dictionary); four bytes, the length of the body, least
//! significant first; the body, plain or as a zstd frame.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rusqlite::{Connection, OptionalExtension, params};
use zstd::bulk::{Compressor, Decompressor};

use super::error::StoreError;

const PLAIN: u8 = 0;
const ALONE: u8 = 255;
const HEAD: usize = 5;
const LEVEL: i32 = 6;
/// A body shorter than this is not worth compressing alone, or being a dictionary.
const SHORT: usize = 96;
const WORTH_A_DICTIONARY: usize = 600;
const LARGEST_DICTIONARY: usize = 64 * 1024;
const LARGEST_BODY: usize = 32 * 1024 * 1024;

/// What a body is: bodies of one kind resemble each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Body {
    Message,
    Entries,
    Work,
    Facts,
    Sealed,
    Receipt,
}

impl Body {
    fn word(self) -> &'static str {
        match self {
            Body::Message => "message",
            Body::Entries => "entries",
            Body::Work => "work",
            Body::Facts => "facts",
            Body::Sealed => "sealed",
            Body::Receipt => "receipt",
        }
    }
}

/// Packs and unpacks for one connection; keeps the dictionaries it met.
#[derive(Default)]
pub struct Packs {
    of_kind: HashMap<Body, u8>,
    packers: HashMap<u8, Compressor<'static>>,
    unpackers: HashMap<u8, Decompressor<'static>>,
    /// Whether a dictionary was made in the transaction that is open.
    fresh: bool,
}

impl Packs {
    /// The packed form of a body. The first body that is worth it becomes the dictionary of its kind, in the caller's
    /// transaction.
    pub fn pack(&mut self, conn: &Connection, kind: Body, body: &[u8]) -> Result<Vec<u8>, StoreError> {
        let fits = u32::try_from(body.len()).ok().filter(|_| body.len() <= LARGEST_BODY);
        let length = fits.ok_or_else(|| StoreError::Sql("a body above 32 MiB".into()))?;
        let with = match self.dictionary_for(conn, kind, body)? {
            Some(id) => id,
            None if body.len() < SHORT => PLAIN,
            None => ALONE,
        };
        let packed = match with {
            PLAIN => None,
            id => Some(self.packer(conn, id)?.compress(body).map_err(StoreError::io("compressing"))?),
        };
        let (with, rest) = match &packed {
            Some(packed) if packed.len() < body.len() => (with, packed.as_slice()),
            _ => (PLAIN, body),
        };
        let mut blob = Vec::with_capacity(HEAD + rest.len());
        blob.push(with);
        blob.extend_from_slice(&length.to_le_bytes());
        blob.extend_from_slice(rest);
        Ok(blob)
    }

    /// The body of a packed blob.
    pub fn unpack(&mut self, conn: &Connection, blob: &[u8]) -> Result<Vec<u8>, StoreError> {
        let broken = || StoreError::damaged("a packed body does not unpack");
        let (head, rest) = blob.split_at_checked(HEAD).ok_or_else(broken)?;
        let length = usize::try_from(u32::from_le_bytes([head[1], head[2], head[3], head[4]])).unwrap_or(usize::MAX);
        if head[0] == PLAIN {
            return if rest.len() == length { Ok(rest.to_vec()) } else { Err(broken()) };
        }
        // The length is part of the file and so may lie; nothing longer was ever let in.
        if length > LARGEST_BODY {
            return Err(broken());
        }
        let body = self.unpacker(conn, head[0])?.decompress(rest, length).map_err(|_| broken())?;
        if body.len() == length { Ok(body) } else { Err(broken()) }
    }

    /// Something was rolled back: a dictionary made in this transaction may be gone, and nothing may be packed with it.
    pub fn forget(&mut self) {
        if self.fresh {
            *self = Packs { fresh: true, ..Packs::default() };
        }
    }

    /// The transaction ended: what is in the file now stays there.
    pub fn settled(&mut self) {
        self.fresh = false;
    }

    fn dictionary_for(&mut self, conn: &Connection, kind: Body, body: &[u8]) -> Result<Option<u8>, StoreError> {
        if let Some(id) = self.of_kind.get(&kind) {
            return Ok(Some(*id));
        }
        let mut known = conn.prepare_cached("SELECT id FROM dictionary WHERE kind = ?1")?;
        if let Some(id) = known.query_row([kind.word()], |row| row.get(0)).optional()? {
            self.of_kind.insert(kind, id);
            return Ok(Some(id));
        }
        if body.len() >= WORTH_A_DICTIONARY {
            let text = &body[..body.len().min(LARGEST_DICTIONARY)];
            let mut add = conn.prepare_cached("INSERT INTO dictionary (kind, body) VALUES (?1, ?2)")?;
            add.execute(params![kind.word(), text])?;
            self.fresh = true;
        }
        Ok(None)
    }

    fn packer(&mut self, conn: &Connection, id: u8) -> Result<&mut Compressor<'static>, StoreError> {
        Ok(match self.packers.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let dictionary = dictionary(conn, id)?;
                place.insert(
                    Compressor::with_dictionary(LEVEL, &dictionary).map_err(StoreError::io("preparing to compress"))?,
                )
            }
        })
    }

    fn unpacker(&mut self, conn: &Connection, id: u8) -> Result<&mut Decompressor<'static>, StoreError> {
        Ok(match self.unpackers.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let dictionary = dictionary(conn, id)?;
                place.insert(
                    Decompressor::with_dictionary(&dictionary).map_err(StoreError::io("preparing to decompress"))?,
                )
            }
        })
    }
}

fn dictionary(conn: &Connection, id: u8) -> Result<Vec<u8>, StoreError> {
    if id == ALONE {
        return Ok(Vec::new());
    }
    let mut find = conn.prepare_cached("SELECT body FROM dictionary WHERE id = ?1")?;
    let body = find.query_row([id], |row| row.get(0)).optional()?;
    body.ok_or_else(|| StoreError::damaged(format!("dictionary {id} is missing")))
}
