//! The ledger as bytes, for the project file that keeps them encrypted.
//!
//! First what was published, as JSON; behind it, in one fixed order, what only the vault may read: the
//! table of pseudonyms, the imports, and who is behind each cell.

use std::io::Read;

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::people::{Import, People};
use super::{Cell, Ledger, LedgerError, Release, Released};
use crate::vault::protect::lists::Pseudonym;
use crate::views::{Policy, Spec, View};

/// Counts up with every change of the form.
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    format: u32,
    next: u32,
    rows: usize,
    /// Of each import: the mark of its key, how many people were erased from it, and what else is known
    /// of its people.
    imports: Vec<(u64, u64, Vec<u64>)>,
    releases: Vec<ReleaseHead>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReleaseHead {
    import: usize,
    policy: Policy,
    rules: [u8; 32],
    is_near: bool,
    before_erasure: bool,
    views: Vec<ViewHead>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ViewHead {
    spec: Spec,
    view: View,
    /// Place and published value of each cell, and how many people were erased from it.
    cells: Vec<(String, u64, u64)>,
}

/// All that is asked at first: a later form may have fields that this version does not know.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

impl Ledger {
    /// As bytes that [`Ledger::from_bytes`] reads. They are secret: keep them encrypted.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = Head {
            format: FORMAT,
            next: self.people.next,
            rows: self.people.rows.len(),
            imports: self
                .imports
                .iter()
                .map(|it| (it.key_mark, it.erased, it.known.keys().copied().collect()))
                .collect(),
            releases: self.releases.iter().map(release_head).collect(),
        };
        // Plain data with text as keys: it can always be written.
        let head = serde_json::to_vec(&head).unwrap_or_default();
        let mut bytes = (head.len() as u64).to_le_bytes().to_vec();
        bytes.extend(head);
        for (pseudonym, number) in &self.people.rows {
            bytes.extend(pseudonym.0.to_le_bytes());
            bytes.extend(number.to_le_bytes());
        }
        for import in &self.imports {
            put(&import.members, &mut bytes);
            for digests in std::iter::once(&import.digests).chain(import.known.values()) {
                for digest in digests {
                    bytes.extend(digest.to_le_bytes());
                }
            }
        }
        let cells =
            self.releases.iter().flat_map(|release| &release.views).flat_map(|it| &it.cells);
        cells.for_each(|cell| put(&cell.who, &mut bytes));
        bytes
    }

    /// # Errors
    /// Where the bytes are of a newer version, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LedgerError> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let mut rest = bytes;
        let len = usize::try_from(u64::from_le_bytes(array(&mut rest)?));
        let head = len.ok().and_then(|len| rest.split_off(..len)).ok_or(LedgerError::Damaged)?;
        let Version { format } = serde_json::from_slice(head).map_err(|_| LedgerError::Damaged)?;
        if format != FORMAT {
            return Err(LedgerError::Format(format));
        }
        let head: Head = serde_json::from_slice(head).map_err(|_| LedgerError::Damaged)?;
        let mut people = People { rows: Vec::new(), next: head.next };
        for _ in 0..head.rows {
            let pseudonym = Pseudonym(u128::from_le_bytes(array(&mut rest)?));
            people.rows.push((pseudonym, u32::from_le_bytes(array(&mut rest)?)));
        }
        let mut imports = Vec::new();
        for (key_mark, erased, names) in head.imports {
            let members = take(&mut rest)?;
            let mut digests = || -> Result<Vec<u64>, LedgerError> {
                let mut digests = Vec::new();
                for _ in 0..members.len() {
                    digests.push(u64::from_le_bytes(array(&mut rest)?));
                }
                Ok(digests)
            };
            let own = digests()?;
            let known = names.into_iter().map(|name| Ok((name, digests()?)));
            let known = known.collect::<Result<_, LedgerError>>()?;
            check_erased(erased)?;
            imports.push(Import { key_mark, members, digests: own, known, erased });
        }
        let mut releases = Vec::new();
        for release in head.releases {
            if release.import >= imports.len() {
                return Err(LedgerError::Damaged);
            }
            releases.push(release_of(release, &mut rest)?);
        }
        let is_sorted = people.rows.is_sorted_by(|(one, _), (other, _)| one < other);
        if !(rest.is_empty() && is_sorted) {
            return Err(LedgerError::Damaged);
        }
        Ok(Self { people, imports, releases })
    }
}

fn release_head(release: &Release) -> ReleaseHead {
    let cells =
        |it: &Released| it.cells.iter().map(|it| (it.place.clone(), it.value, it.erased)).collect();
    let views = release.views.iter().map(|released| ViewHead {
        spec: released.spec.clone(),
        view: released.view.clone(),
        cells: cells(released),
    });
    ReleaseHead {
        import: release.import,
        policy: release.policy,
        rules: release.rules,
        is_near: release.is_near,
        before_erasure: release.before_erasure,
        views: views.collect(),
    }
}

fn release_of(head: ReleaseHead, rest: &mut &[u8]) -> Result<Release, LedgerError> {
    let ReleaseHead { import, policy, rules, is_near, before_erasure, views } = head;
    let released = |ViewHead { spec, view, cells }: ViewHead| {
        let b = u64::from(policy.b());
        let cells = cells.into_iter().map(|(place, value, erased)| {
            check_erased(erased)?;
            Ok(Cell { place, value, b, who: take(rest)?, erased })
        });
        Ok(Released { cells: cells.collect::<Result<_, LedgerError>>()?, spec, view })
    };
    let views = views.into_iter().map(released).collect::<Result<_, LedgerError>>()?;
    Ok(Release { import, policy, rules, is_near, before_erasure, views })
}

/// Nobody was erased who had no number.
fn check_erased(people: u64) -> Result<(), LedgerError> {
    if people > u64::from(u32::MAX) { Err(LedgerError::Damaged) } else { Ok(()) }
}

fn put(people: &RoaringBitmap, bytes: &mut Vec<u8>) {
    // Writing to memory never fails.
    let _ = people.serialize_into(bytes);
}

fn take(rest: &mut &[u8]) -> Result<RoaringBitmap, LedgerError> {
    RoaringBitmap::deserialize_from(rest).map_err(|_| LedgerError::Damaged)
}

fn array<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], LedgerError> {
    let mut array = [0; N];
    rest.read_exact(&mut array).map_err(|_| LedgerError::Damaged)?;
    Ok(array)
}
