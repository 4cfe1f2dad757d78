//! One JSON record → its mapped fields, as the text in the file.
//!
//! A name is a path. `properties.time` is a field of an object, also where the object is written
//! into a string. `event_params[ga_session_id]` is the value beside a key in a list of keys and
//! values. `events[].data.event_name` is a field of every member of a list, and then each member is
//! a row, with the fields around the list said once for all. Only mapped fields are looked at: a
//! 64-bit id never becomes a float.
//!
//! *Invariant:* takes records apart. What a field means is the sink's business.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// What stands between the name of a list and that of a field of its members.
pub(super) const MEMBER: &str = "[].";

/// Up to so many dots of a name, a key may have any of them; up to so many, a name is one key, or has
/// one at each of its first dots; beyond, it is one key.
const MOST_DOTS: usize = 6;
const MOST_LEVELS: usize = 64;

/// The mapped paths as a tree: a key may be a whole dotted name or only its first part.
#[derive(Default)]
pub(super) struct Paths {
    leaves: Vec<(String, usize)>,
    inner: Vec<(String, Paths)>,
    /// Lists of keys and values.
    keyed: Vec<(String, Vec<(String, usize)>)>,
    /// Every key that is not one of the others: which wildcard, and the path below the key.
    any: Vec<(usize, Vec<String>)>,
    /// The list whose members are the rows, and their own paths.
    list: Option<(String, Box<Paths>)>,
}

impl Paths {
    /// `name` is the whole path, `slot` where its value goes.
    pub(super) fn add(&mut self, name: &str, slot: usize) {
        if let Some((list, rest)) = name.split_once(MEMBER) {
            let (_, paths) = self.list.get_or_insert_with(|| (list.to_owned(), Box::default()));
            return paths.add(rest, slot);
        }
        if let Some((list, key)) = name.strip_suffix(']').and_then(|name| name.split_once('[')) {
            let at = self.keyed.iter().position(|(name, _)| name == list).unwrap_or_else(|| {
                self.keyed.push((list.to_owned(), Vec::new()));
                self.keyed.len() - 1
            });
            return self.keyed[at].1.push((key.to_owned(), slot));
        }
        self.leaves.push((name.to_owned(), slot));
        // Each dot may stand in a key or between two, which is twice as many ways a dot. No export has
        // so many; a file that somebody made could fill the memory with them.
        let ways = match name.matches('.').count() {
            few @ ..=MOST_DOTS => few,
            ..=MOST_LEVELS => 1,
            _ => 0,
        };
        for (dot, _) in name.match_indices('.').take(ways) {
            self.inner_of(&name[..dot]).add(&name[dot + 1..], slot);
        }
    }

    /// `path` has a part that is `*`; what stands there and its value go to wildcard `number`.
    pub(super) fn add_wild(&mut self, path: &str, number: usize) {
        if let Some((list, rest)) = path.split_once(MEMBER) {
            let (_, paths) = self.list.get_or_insert_with(|| (list.to_owned(), Box::default()));
            return paths.add_wild(rest, number);
        }
        match path.split_once('.') {
            Some(("*", rest)) => {
                self.any.push((number, rest.split('.').map(str::to_owned).collect()));
            }
            None if path == "*" => self.any.push((number, Vec::new())),
            Some((first, rest)) => self.inner_of(first).add_wild(rest, number),
            None => {}
        }
    }

    fn inner_of(&mut self, key: &str) -> &mut Self {
        let at = self.inner.iter().position(|(name, _)| name == key).unwrap_or_else(|| {
            self.inner.push((key.to_owned(), Self::default()));
            self.inner.len() - 1
        });
        &mut self.inner[at].1
    }
}

/// A value of a record.
#[derive(Clone, Default)]
enum Cell<'de> {
    #[default]
    None,
    Raw(&'de RawValue),
    /// Of an object that was written into a string.
    Text(String),
}

/// Slots that need no memory of their own.
const FEW: usize = 8;

/// What is mapped of one record.
#[derive(Clone, Default)]
pub(super) struct Fields<'de> {
    few: [Cell<'de>; FEW],
    more: Vec<Cell<'de>>,
    /// Which wildcard, what stood there, and the value.
    pub(super) wild: Vec<(usize, String, String)>,
    /// The members of the list.
    list: Option<&'de RawValue>,
}

impl<'de> Fields<'de> {
    fn set(&mut self, slot: usize, cell: Cell<'de>) {
        match slot.checked_sub(FEW) {
            None => self.few[slot] = cell,
            Some(at) => {
                if at >= self.more.len() {
                    self.more.resize(at + 1, Cell::None);
                }
                self.more[at] = cell;
            }
        }
    }

    /// Fills slots from a list of keys and values.
    fn set_keyed(&mut self, list: &'de str, wanted: &[(String, usize)]) {
        let entries: Vec<Entry<'de>> = serde_json::from_str(list).unwrap_or_default();
        for Entry { key, value } in entries {
            let Some((key, value)) = key.zip(value.and_then(typed_value)) else { continue };
            for (_, slot) in wanted.iter().filter(|(name, _)| *name == key) {
                self.set(*slot, Cell::Raw(value));
            }
        }
    }

    /// Strings without quotes, numbers as written, nothing for null, objects and lists.
    pub(super) fn text(&self, slot: usize) -> Cow<'_, [u8]> {
        let cell = match slot.checked_sub(FEW) {
            None => &self.few[slot],
            Some(at) => self.more.get(at).unwrap_or(&Cell::None),
        };
        match cell {
            Cell::None => Cow::Borrowed(&[]),
            Cell::Text(text) => Cow::Borrowed(text.as_bytes()),
            Cell::Raw(raw) => match plain(raw) {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            },
        }
    }

    /// The same for fields that outlive the text they were read from.
    fn keep(self, into: &mut Fields<'_>) {
        for (slot, cell) in self.few.into_iter().chain(self.more).enumerate() {
            match cell {
                Cell::None => {}
                Cell::Raw(raw) => into.set(slot, Cell::Text(plain(raw).into_owned())),
                Cell::Text(text) => into.set(slot, Cell::Text(text)),
            }
        }
        into.wild.extend(self.wild);
    }
}

/// Hands the fields of the record, or those of each member of its list, to `row`.
///
/// # Errors
/// Where the text is not one JSON object.
pub(super) fn read<'de>(
    json: &'de str,
    paths: &Paths,
    mut row: impl FnMut(&Fields<'de>),
) -> Result<(), NotAnObject> {
    let mut fields = Fields::default();
    one(json, paths, &mut fields)?;
    let Some((_, member_paths)) = &paths.list else {
        row(&fields);
        return Ok(());
    };
    let Some(list) = fields.list.take() else { return Ok(()) };
    let members: Vec<&'de RawValue> = serde_json::from_str(list.get()).map_err(|_| NotAnObject)?;
    for member in members {
        let mut own = fields.clone();
        // A member that is no object has no fields, and is refused for want of them.
        let _ = one(member.get(), member_paths, &mut own);
        row(&own);
    }
    Ok(())
}

/// The fields of an object that stands in a cell of a table, or those of a list of keys and values,
/// which has no name there.
pub(super) fn read_cell(json: &[u8], paths: &Paths) -> Option<Fields<'static>> {
    let json = std::str::from_utf8(json).ok()?.trim();
    let mut fields = Fields::default();
    if json.starts_with('[') {
        let (_, wanted) = paths.keyed.iter().find(|(name, _)| name.is_empty())?;
        fields.set_keyed(json, wanted);
    } else {
        one(json, paths, &mut fields).ok()?;
    }
    let mut kept = Fields::default();
    fields.keep(&mut kept);
    Some(kept)
}

pub(super) struct NotAnObject;

fn one<'de>(json: &'de str, paths: &Paths, fields: &mut Fields<'de>) -> Result<(), NotAnObject> {
    if !json.starts_with('{') {
        return Err(NotAnObject);
    }
    let mut parser = serde_json::Deserializer::from_str(json);
    Object { paths, fields }.deserialize(&mut parser).map_err(|_| NotAnObject)?;
    parser.end().map_err(|_| NotAnObject)
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// One entry of a list of keys and values, as BigQuery writes them.
#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default)]
    key: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
}

/// The text of a value.
fn plain(raw: &RawValue) -> Cow<'_, str> {
    let raw = raw.get();
    match raw.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<Text<'_>>(raw).map_or(Cow::Borrowed(""), |t| t.0),
        Some(b'{' | b'[' | b'n') | None => Cow::Borrowed(""),
        Some(_) => Cow::Borrowed(raw),
    }
}

/// An object as its keys and values.
fn entries(raw: &RawValue) -> Vec<(Cow<'_, str>, &RawValue)> {
    struct All;
    impl<'de> Visitor<'de> for All {
        type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
            let mut all = Vec::new();
            while let Some((Text(key), value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
                all.push((key, value));
            }
            Ok(all)
        }
    }
    let mut parser = serde_json::Deserializer::from_str(raw.get());
    serde::Deserializer::deserialize_map(&mut parser, All).unwrap_or_default()
}

/// The value below a path of keys.
fn below<'a>(mut raw: &'a RawValue, path: &[String]) -> Option<&'a RawValue> {
    for key in path {
        raw = entries(raw).into_iter().find(|(name, _)| name == key)?.1;
    }
    Some(raw)
}

/// The one of several typed values that is there.
fn typed_value(raw: &RawValue) -> Option<&RawValue> {
    if !raw.get().starts_with('{') {
        return Some(raw);
    }
    entries(raw).into_iter().map(|(_, value)| value).find(|value| !plain(value).is_empty())
}

/// Fills the fields from one object.
struct Object<'a, 'de> {
    paths: &'a Paths,
    fields: &'a mut Fields<'de>,
}

impl<'de> DeserializeSeed<'de> for Object<'_, 'de> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Object<'_, '_> {
    /// An object that was written into a string.
    fn text(self, text: &str) {
        if let Some(inner) = text
            .trim_start()
            .starts_with('{')
            .then(|| read_cell(text.trim().as_bytes(), self.paths))
            .flatten()
        {
            inner.keep(self.fields);
        }
    }
}

impl<'de> Visitor<'de> for Object<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    // What is not an object has no fields, and that is no fault of the record.

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.text(text);
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let Paths { leaves, inner, keyed, any, list } = self.paths;
        while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
            let leaf = leaves.iter().position(|(name, _)| *name == key);
            let inner = inner.iter().find(|(name, _)| *name == key);
            let Some(leaf) = leaf else {
                if let Some((_, paths)) = inner {
                    map.next_value_seed(Object { paths, fields: &mut *self.fields })?;
                    continue;
                }
                if list.as_ref().is_some_and(|(name, _)| *name == key) {
                    let value: &'de RawValue = map.next_value()?;
                    self.fields.list = value.get().starts_with('[').then_some(value);
                    continue;
                }
                if let Some((_, wanted)) = keyed.iter().find(|(name, _)| *name == key) {
                    let value: &'de RawValue = map.next_value()?;
                    match plain(value) {
                        // The list may be written into a string, as an object may.
                        text if value.get().starts_with('"') => {
                            let mut inner = Fields::default();
                            inner.set_keyed(&text, wanted);
                            inner.keep(self.fields);
                        }
                        _ => self.fields.set_keyed(value.get(), wanted),
                    }
                    continue;
                }
                if any.is_empty() {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                let value: &'de RawValue = map.next_value()?;
                for (number, path) in any {
                    let text = below(value, path).map(plain).unwrap_or_default();
                    if !text.is_empty() {
                        self.fields.wild.push((
                            *number,
                            key.clone().into_owned(),
                            text.into_owned(),
                        ));
                    }
                }
                continue;
            };
            let value: &'de RawValue = map.next_value()?;
            // One field may play two parts.
            for (name, slot) in &leaves[leaf..] {
                if *name == key {
                    self.fields.set(*slot, Cell::Raw(value));
                }
            }
            if let Some((_, paths)) = inner
                && value.get().starts_with('{')
            {
                let mut nested = serde_json::Deserializer::from_str(value.get());
                Object { paths, fields: &mut *self.fields }
                    .deserialize(&mut nested)
                    .map_err(serde::de::Error::custom)?;
            }
        }
        Ok(())
    }
}
