//! Event files of one made-up shop, full of values that must never be seen again.
//!
//! Sixty people walk through four steps that all of them share and that may be published. Everything
//! else is one of a kind: who they are, when it was, rare steps, addresses in the names of steps,
//! attributes that are asked about, and columns that nobody reads.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use polars::prelude::{Column, DataFrame, DataType, TimeUnit};
use polars_io::parquet::write::ParquetWriter;

use crate::needles::Needles;

/// What everybody does, in this order. These names may be published.
pub const STEPS: [&str; 4] = ["front page", "look at a shoe", "fill the basket", "pay for it"];

pub const COLUMNS: [&str; 11] = [
    "user_id",
    "session_id",
    "event",
    "timestamp",
    "plan",
    "consent_analytics",
    "insert_id",
    "email",
    "note",
    "iban_of_payer",
    "revenue",
];

const PEOPLE: usize = 60;

/// Numbers that look random and are the same every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn of(&mut self, letters: &str, length: usize) -> String {
        let letters: Vec<char> = letters.chars().collect();
        (0..length).map(|_| letters[self.next() as usize % letters.len()]).collect()
    }

    fn word(&mut self) -> String {
        self.of("bcdfghjklmnpqrstvwxz", 12)
    }

    /// Letters of both cases and digits, the first a letter.
    fn id(&mut self) -> String {
        let first = self.of("GHJKLMNPQRSTUVWXZ", 1);
        first + &self.of("bcdfghjklmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ23456789", 13)
    }
}

/// Everything that was made.
pub struct Canaries {
    pub needles: Needles,
    /// Rows in the order of [`COLUMNS`]. Times are milliseconds since 1970.
    rows: Vec<[String; 11]>,
    ids: Vec<String>,
    random: Random,
}

impl Canaries {
    pub fn new() -> Self {
        let mut made = Self {
            needles: Needles::default(),
            rows: Vec::new(),
            ids: Vec::new(),
            random: Random(2026),
        };
        let shared_address = made.new_word("a label that many people have");
        for number in 0..PEOPLE {
            made.add_person(number, &shared_address);
        }
        made
    }

    /// A new value to search for.
    fn new_word(&mut self, what: &str) -> String {
        let word = self.random.word();
        self.needles.add(what, &word);
        word
    }

    fn add_person(&mut self, number: usize, shared_address: &str) {
        // Numbers of 64 bits are identifiers too.
        let id = match number % 4 {
            0 => (10_000_000_000_000_000 + self.random.next() % 9_000_000_000_000_000).to_string(),
            1 => format!("{}@{}.example", self.random.word(), self.random.word()),
            _ => self.random.id(),
        };
        self.needles.add_id("a subject", &id);
        let session = self.random.id();
        self.needles.add_id("a session", &session);
        // Three people have a plan of their own, the others one of two.
        let plan = match number % 20 {
            7 => self.new_word("an attribute that is asked about"),
            rest if rest < 10 => "gold".to_owned(),
            _ => "silver".to_owned(),
        };
        let consent = if number % 12 == 5 { "no" } else { "yes" };
        let mut labels: Vec<String> = STEPS.iter().map(|step| (*step).to_owned()).collect();
        labels.truncate(2 + number % 3);
        if number.is_multiple_of(3) {
            let rare = self.new_word("a rare label");
            labels.insert(1, rare);
        }
        if number.is_multiple_of(5) {
            let word = self.new_word("a label with an address");
            labels.insert(2, format!("mail to {word}@shoes.example"));
        }
        if number.is_multiple_of(2) {
            labels.push(format!("write to {shared_address}@shoes.example"));
        }
        let mut millis = 1_941_000_000_000 + (self.random.next() % 2_000_000_000) as i64;
        for label in labels {
            millis += 1_000 + (self.random.next() % 900_000) as i64;
            let iso = iso(millis);
            self.needles.add("a time of day", &iso[11..]);
            self.needles.add("a time", &millis.to_string());
            self.needles.add("a time", &(millis / 1000).to_string());
            let insert_id = self.random.id();
            self.needles.add_id("an insert id", &insert_id);
            let email = format!("{}@mail.example", self.new_word("a column that is not read"));
            let note = self.new_word("a column that is not read");
            let iban = format!("DE{}", self.random.of("0123456789", 20));
            self.needles.add("a column that is not read", &iban);
            let revenue =
                format!("{}.{}", self.random.of("123456789", 5), self.random.of("123456789", 4));
            self.needles.add("a column that is not read", &revenue);
            let row = [
                id.clone(),
                session.clone(),
                label,
                millis.to_string(),
                plan.clone(),
                consent.to_owned(),
                insert_id,
                email,
                note,
                iban,
                revenue,
            ];
            self.rows.push(row);
        }
        self.ids.push(id);
    }

    /// The file as CSV, times written for people.
    fn csv(&self) -> String {
        let mut text = COLUMNS.join(",") + "\n";
        for row in &self.rows {
            let mut row = row.clone();
            row[3] = iso(millis(&row));
            text += &(row.join(",") + "\n");
        }
        text
    }

    /// The same without labels that look personal.
    fn without_addresses(&self) -> String {
        let csv = self.csv();
        let rows: Vec<&str> = csv.lines().filter(|row| !row.contains(" to ")).collect();
        rows.join("\n") + "\n"
    }

    /// Rows that cannot be used for every reason there is.
    fn bad_rows(&mut self) -> String {
        let what = "a row that is refused";
        let [no_subject, time, zero, wide, narrow] = [(); 5].map(|()| self.new_word(what));
        let bytes = self.new_word(what);
        format!(
            ",s,{no_subject},2031-07-19T03:00:00Z,gold,yes,,,,,\n\
             u,s,event,{time},gold,yes,,,,,\n\
             {zero},s,event,0000-00-00 00:00:00,gold,yes,,,,,\n\
             u,s,{wide},2031-07-19T03:00:00Z,gold,yes,,,,,,,,,\n\
             u,{narrow}\n\
             u,s,,2031-07-19T03:00:00Z,gold,yes,,{bytes},,,\n"
        )
    }

    fn ndjson(&self) -> String {
        self.rows.iter().fold(String::new(), |text, row| {
            let object = serde_json::json!({
                "user_id": row[0], "session_id": row[1], "event": row[2], "timestamp": millis(row),
                "plan": row[4], "consent_analytics": row[5] == "yes", "insert_id": row[6],
                "context": { "email": row[7], "note": row[8], "payer": { "iban_of_payer": row[9] } },
                "revenue": row[10].parse::<f64>().expect("a number"),
            });
            text + &object.to_string() + "\n"
        })
    }

    fn xes(&self) -> String {
        let mut text = "<?xml version=\"1.0\"?><log xes.version=\"1.0\">\n".to_owned();
        for id in &self.ids {
            writeln!(text, "<trace><string key=\"concept:name\" value=\"{id}\"/>")
                .expect("a text can be written to");
            for row in self.rows.iter().filter(|row| row[0] == *id) {
                writeln!(
                    text,
                    "<event><string key=\"concept:name\" value=\"{}\"/>\
                     <date key=\"time:timestamp\" value=\"{}\"/>\
                     <string key=\"org:resource\" value=\"{}\"/></event>",
                    row[2],
                    iso(millis(row)),
                    row[8]
                )
                .expect("a text can be written to");
            }
            text += "</trace>\n";
        }
        text + "</log>\n"
    }

    fn parquet(&self, path: &Path) {
        let column = |at: usize| {
            let texts: Vec<&str> = self.rows.iter().map(|row| row[at].as_str()).collect();
            Column::new(COLUMNS[at].into(), texts)
        };
        let mut columns: Vec<Column> = (0..COLUMNS.len()).map(column).collect();
        let times: Vec<i64> = self.rows.iter().map(millis).collect();
        columns[3] = Column::new(COLUMNS[3].into(), times)
            .cast(&DataType::Datetime(TimeUnit::Milliseconds, None))
            .expect("integers are times");
        let mut frame = DataFrame::new(self.rows.len(), columns).expect("columns of one length");
        let file = File::create(path).expect("a file");
        ParquetWriter::new(file)
            .with_row_group_size(Some(64))
            .finish(&mut frame)
            .expect("it is written");
    }

    /// Who agreed, and some who are in no file.
    fn register(&mut self) -> String {
        let mut text = "user_id,purpose,state,time\n".to_owned();
        let unknown = self.random.id();
        self.needles.add_id("somebody on the register alone", &unknown);
        for (at, id) in self.ids.iter().chain([&unknown]).enumerate() {
            let state = if at % 15 == 3 { "refused" } else { "granted" };
            let time = iso(1_930_000_000_000 + at as i64 * 1_234_567);
            self.needles.add("a time of the register", &time[11..]);
            writeln!(text, "{id},analytics,{state},{time}").expect("a text can be written to");
        }
        text
    }

    /// A table of identifiers, and requests for some of the same.
    fn erasures(&mut self) -> (String, String) {
        let unknown = self.random.id();
        self.needles.add_id("somebody on the erasure list alone", &unknown);
        let table = format!("user_id\n{}\n{}\n{unknown}\n", self.ids[2], self.ids[17]);
        let request = serde_json::json!({
            "subject_request_id": self.new_word("the number of a request"),
            "subject_request_type": "erasure",
            "subject_identities": [
                { "identity_type": "custom", "identity_value": self.ids[31], "identity_format": "raw" },
                { "identity_type": "email", "identity_value": self.ids[1], "identity_format": "raw" },
            ],
        });
        (table, request.to_string())
    }
}

fn millis(row: &[String; 11]) -> i64 {
    row[3].parse().expect("milliseconds")
}

fn iso(millis: i64) -> String {
    let time = jiff::Timestamp::from_millisecond(millis).expect("a time");
    time.strftime("%Y-%m-%dT%H:%M:%S.%3f").to_string()
}

/// The files, and what is wrong with each of those that are broken.
pub struct Files {
    folder: tempfile::TempDir,
    pub needles: Needles,
}

impl Files {
    pub fn write() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let put = |name: &str, bytes: &[u8]| fs::write(at(name), bytes).expect("it is written");
        let mut made = Canaries::new();
        let good = made.csv();
        let csv = good.clone() + &made.bad_rows();
        put("events.csv", csv.as_bytes());
        put("plain.csv", made.without_addresses().as_bytes());
        put("events.ndjson", made.ndjson().as_bytes());
        put("events.xes", made.xes().as_bytes());
        made.parquet(&at("events.parquet"));
        let packed = gzip(good.as_bytes());
        put("events.csv.gz", &packed);
        let mut zip = zip::ZipWriter::new(File::create(at("events.zip")).expect("a file"));
        let options = zip::write::SimpleFileOptions::default();
        for (name, bytes) in
            [("a.json.gz", gzip(made.ndjson().as_bytes())), ("b.json.gz", gzip(b"\n"))]
        {
            zip.start_file(name, options).expect("an entry");
            zip.write_all(&bytes).expect("it is written");
        }
        zip.finish().expect("it is written");
        put("register.csv", made.register().as_bytes());
        let (table, request) = made.erasures();
        put("erased.csv", table.as_bytes());
        put("erased.json", request.as_bytes());
        broken(&mut made, &good, &packed, &put);
        let parquet = fs::read(at("events.parquet")).expect("it was written");
        // One place in every column or so, since only those that are mapped are read. Half of the files
        // are damaged in their directory too.
        let apart = 400;
        let directory = parquet.len() - 2_000;
        for nth in 0..12 {
            let mut damaged = parquet.clone();
            let end = if nth % 2 == 0 { directory } else { parquet.len() - 12 };
            let mut place = 4 + (made.random.next() as usize) % apart;
            while place + 6 < end {
                damaged[place..place + 6].fill(0xff);
                place += 1 + (made.random.next() as usize) % (2 * apart);
            }
            put(&format!("damaged-{nth}.parquet"), &damaged);
        }
        Self { folder, needles: made.needles }
    }

    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("a name in ASCII").to_owned()
    }

    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}

/// Files that cannot be read, and lists and specs that cannot be used.
fn broken(made: &mut Canaries, good: &str, packed: &[u8], put: &impl Fn(&str, &[u8])) {
    let mut word = || made.new_word("a broken file");
    put("cut.csv.gz", &packed[..packed.len() * 2 / 3]);
    let rows: Vec<&str> = good.lines().skip(1).collect();
    put("headerless.csv", rows.join("\n").as_bytes());
    put("headerless-letters.csv", format!("{0},{1}\n{0},{2}\n", word(), word(), word()).as_bytes());
    put(
        "no-time.csv",
        format!("user_id,event,timestamp\n{},{},{}\n", word(), word(), word()).as_bytes(),
    );
    put("either-way.csv", b"user_id,event,timestamp\nu1,home,03/04/2024\nu2,home,05/06/2024\n");
    put(
        "broken.json",
        format!("[{{\"user_id\": \"{}\", \"event\": {}}}]", word(), word()).as_bytes(),
    );
    let line =
        |id: &str, event: &str| format!("{{\"user_id\":\"{id}\",\"event\":{event},\"time\":1}}\n");
    put("broken.ndjson", (line(&word(), &word()) + &line(&word(), "\"a\"")).as_bytes());
    put(
        "cut.xes",
        format!("<log><trace><string key=\"concept:name\" value=\"{}\"/><ev", word()).as_bytes(),
    );
    put(
        "entity.xes",
        format!("<!DOCTYPE l [<!ENTITY a \"{}\">]><log>&a;</log>", word()).as_bytes(),
    );
    put("keys.ndjson", format!("{{\"{0}@{0}.example\":\"{1}\"}}\n", word(), word()).as_bytes());
    put("web.csv", format!("<html><body>{}</body></html>", word()).as_bytes());
    let header = "user_id,purpose,state,time\n";
    put(
        "register-state.csv",
        format!("{header}{},analytics,{},2026-01-01\n", word(), word()).as_bytes(),
    );
    put("register-time.csv", format!("{header}{},analytics,yes,{}\n", word(), word()).as_bytes());
    put("register-names.csv", format!("{},{}\n{},{}\n", word(), word(), word(), word()).as_bytes());
    put(
        "erased-broken.json",
        format!("{{\"subject_request_type\": \"erasure\", {}", word()).as_bytes(),
    );
    put("erased-other.json", format!("{{\"{}\": \"{}\"}}", word(), word()).as_bytes());
    put("spec-value.toml", format!("[policy]\nk = \"{}\"\n", word()).as_bytes());
    put(
        "spec-kind.toml",
        format!("[[rule]]\nkind = \"{}\"\npattern = \"{}\"\n", word(), word()).as_bytes(),
    );
    put(
        "spec-syntax.toml",
        format!("[[rule]]\nkind = \"hide\"\npattern = {}@{}\n", word(), word()).as_bytes(),
    );
    put(
        "spec-field.toml",
        format!("[[rule]]\nkind = \"hide\"\npattern = \"a\"\n\"{}\" = 1\n", word()).as_bytes(),
    );
    put(
        "spec-table.toml",
        format!("[[view]]\nview = \"flow\"\nfunnel = \"{}\"\n", word()).as_bytes(),
    );
    put("spec-date.toml", format!("[cohort]\nfrom = \"{}\"\n", word()).as_bytes());
    let regex = "kind = \"rename\"\nmatch = \"regex\"\nlabel = \"x\"";
    put("spec-regex.toml", format!("[[rule]]\n{regex}\npattern = \"({}\"\n", word()).as_bytes());
    put(
        "spec-twice.toml",
        format!("[[view]]\nname = \"{0}\"\n[[view]]\nname = \"{0}\"\n", word()).as_bytes(),
    );
    put("spec-where.toml", format!("[cohort]\nwhere = [\"plan={}\"]\n", word()).as_bytes());
    put("spec-did.toml", format!("[cohort]\ndid = [\"{}\"]\n", word()).as_bytes());
    put("policy.toml", format!("k = \"{}\"\n", word()).as_bytes());
    put(
        "table.json",
        format!("{{\"k\": 5, \"cells\": {{\"{}\": {{\"status\": \"{}\"}}}}}}", word(), word())
            .as_bytes(),
    );
    put("table-broken.json", format!("{{\"k\": {}}}", word()).as_bytes());
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).expect("a Vec takes it");
    packed.finish().expect("a Vec takes it")
}
