//! Names of people, as a weak hint: a form of address or a frequent given name before a word that
//! is written like a name.
//!
//! Names cannot be told from other words by their letters. The hint is meant for a reader who
//! decides; it blocks nothing, and that it stays silent says nothing.

/// Forms of address. What stands behind one is a name.
const ADDRESSES: [&str; 20] = [
    "mr", "mrs", "ms", "miss", "dr", "prof", "sir", "herr", "frau", "mme", "monsieur", "madame",
    "señor", "señora", "sr", "sra", "signor", "signora", "dhr", "mevr",
];

/// Given names that are frequent in Europe and the Americas and are hardly ever a word of a user
/// interface.
const GIVEN: [&str; 112] = [
    "ahmed",
    "aisha",
    "alejandro",
    "alexander",
    "ali",
    "alice",
    "amelia",
    "ana",
    "andrea",
    "andreas",
    "andrew",
    "anna",
    "anne",
    "antonio",
    "barbara",
    "beatriz",
    "benjamin",
    "carlos",
    "carmen",
    "caroline",
    "charlotte",
    "christian",
    "christina",
    "christopher",
    "claudia",
    "daniel",
    "david",
    "diego",
    "dmitri",
    "elena",
    "elizabeth",
    "emily",
    "emma",
    "eva",
    "fatima",
    "fernando",
    "francesca",
    "francesco",
    "franz",
    "george",
    "giovanni",
    "giulia",
    "giuseppe",
    "gustav",
    "hannah",
    "hans",
    "heinrich",
    "helena",
    "henry",
    "ibrahim",
    "ines",
    "ingrid",
    "isabella",
    "ivan",
    "jack",
    "james",
    "jan",
    "jane",
    "jean",
    "jennifer",
    "jessica",
    "johan",
    "johann",
    "john",
    "jonas",
    "jorge",
    "josé",
    "joseph",
    "juan",
    "julia",
    "jürgen",
    "karl",
    "katarina",
    "katherine",
    "klaus",
    "laura",
    "leon",
    "linda",
    "lisa",
    "luca",
    "lucas",
    "lucia",
    "luis",
    "manuel",
    "maria",
    "marie",
    "marta",
    "martin",
    "mary",
    "matteo",
    "michael",
    "miguel",
    "mohamed",
    "mohammed",
    "monika",
    "nicolas",
    "olga",
    "oliver",
    "olivia",
    "paolo",
    "patricia",
    "paul",
    "pedro",
    "peter",
    "pierre",
    "robert",
    "sara",
    "sarah",
    "sofia",
    "stefan",
    "thomas",
    "william",
];

/// Whether two neighbouring words look like the name of a person.
pub(super) fn looks_like_a_person(label: &str) -> bool {
    let words: Vec<(&str, &str)> = words(label);
    words.windows(2).any(|pair| {
        let [(first, between), (second, _)] = [pair[0], pair[1]];
        if !is_name_shaped(second) {
            return false;
        }
        let lower = first.to_lowercase();
        let beside = matches!(between, " " | "_" | "-" | "+" | "." | ". " | "%20");
        // "Doe, Jane" puts the given name behind.
        let behind = between == ", " && is_name_shaped(first) && is_given(&second.to_lowercase());
        let addressed = ADDRESSES.contains(&lower.as_str()) && is_capital(second);
        behind || (beside && (addressed || (is_name_shaped(first) && is_given(&lower))))
    })
}

/// Words with what stands between each and the next.
fn words(label: &str) -> Vec<(&str, &str)> {
    let mut words = Vec::new();
    let mut rest = label;
    while let Some(start) = rest.find(char::is_alphabetic) {
        rest = &rest[start..];
        let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let gap = rest[end..].find(char::is_alphabetic).unwrap_or(rest.len() - end);
        words.push((&rest[..end], &rest[end..end + gap]));
        rest = &rest[end..];
    }
    words
}

fn is_given(lower: &str) -> bool {
    GIVEN.contains(&lower)
}

fn is_capital(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

/// A capital and small letters, at least three in all.
fn is_name_shaped(word: &str) -> bool {
    word.chars().count() >= 3 && is_capital(word) && word.chars().skip(1).all(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::{GIVEN, looks_like_a_person};

    #[test]
    fn names_are_hinted_at() {
        let names = [
            "call with Jane Doe",
            "Doe, Jane",
            "Mr. Smith called",
            "Frau Müller ruft an",
            "assigned to Jürgen Weiß",
            "/team/Maria_Gonzalez/profile",
            "Dr Okonkwo",
            "José Álvarez signed",
        ];
        for name in names {
            assert!(looks_like_a_person(name), "{name}");
        }
    }

    #[test]
    fn what_events_are_called_is_no_name() {
        let labels = [
            "Add To Cart",
            "Send for Credit Collection",
            "IV Antibiotics",
            "Release A",
            "jane doe",
            "Insert Date Appeal to Prefecture",
            "product_view",
            "Prüfung Ärztin",
            "John",
            "MR SCAN",
            "mr scan",
            "Order, Paid",
            "Martin",
            "",
            "Dr",
            "Luca LUCA",
        ];
        for label in labels {
            assert!(!looks_like_a_person(label), "{label}");
        }
    }

    #[test]
    fn the_list_has_every_name_once_in_small_letters() {
        let distinct: std::collections::BTreeSet<&str> = GIVEN.into_iter().collect();
        assert_eq!(distinct.len(), GIVEN.len());
        assert!(GIVEN.iter().all(|name| name.to_lowercase() == **name));
    }
}
