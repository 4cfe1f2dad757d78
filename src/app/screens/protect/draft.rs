//! A rule that is being written, and whether it can be taken over.

use crate::vault::Vault;
use crate::views::{Matching, Rule, RuleKind, Rules};

/// What the fields of the editor hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its place among the rules.
    pub at: usize,
    /// It is put in there, and takes no other's place.
    pub is_new: bool,
    pub hides: bool,
    pub matching: Matching,
    /// Never empty.
    pub patterns: Vec<String>,
    pub label: String,
}

impl Draft {
    /// Nothing yet, after all others.
    pub fn empty(at: usize) -> Self {
        Self::of(at, &Rule::rename("", ""), true)
    }

    pub fn of(at: usize, rule: &Rule, is_new: bool) -> Self {
        Self {
            at,
            is_new,
            hides: rule.kind == RuleKind::Hide,
            matching: rule.matching,
            patterns: rule.patterns().map(str::to_owned).collect(),
            label: rule.label.clone().unwrap_or_default(),
        }
    }

    pub fn rule(&self) -> Rule {
        let patterns: Vec<&str> =
            self.patterns.iter().map(|pattern| pattern.trim()).filter(|p| !p.is_empty()).collect();
        let rule = match (self.hides, patterns.as_slice()) {
            (false, [] | [_]) => Rule::rename(patterns.first().unwrap_or(&""), self.label.trim()),
            (false, many) => Rule::merge(many, self.label.trim()),
            (true, many) => Rule { kind: RuleKind::Hide, label: None, ..Rule::merge(many, "") },
        };
        rule.with(self.matching)
    }

    /// All rules with this one among them.
    pub fn among(&self, rules: &Rules) -> Rules {
        let mut next = rules.clone();
        match next.rules.get_mut(self.at) {
            Some(old) if !self.is_new => *old = self.rule(),
            _ => next.rules.insert(self.at.min(rules.rules.len()), self.rule()),
        }
        next
    }

    /// Why it cannot be taken over as it stands.
    pub fn problem(&self, rules: &Rules) -> Option<String> {
        let rule = self.rule();
        if rule.pattern.is_empty() {
            return Some("Say which labels it catches.".to_owned());
        }
        if !self.hides && self.label.trim().is_empty() {
            return Some("Say what they are called from now on.".to_owned());
        }
        Vault::check_rules(&self.among(rules)).err().map(|error| error.what)
    }
}

#[cfg(test)]
mod tests {
    use super::Draft;
    use crate::views::{Matching, Rule, RuleKind, Rules};

    #[test]
    fn a_rule_comes_back_from_the_fields_as_it_was() {
        for rule in [
            Rule::rename("product_view", "Product"),
            Rule::merge(&["a", "b*"], "Both"),
            Rule::hide("heartbeat"),
            Rule::rename("^order/\\d+$", "Order").with(Matching::Regex),
        ] {
            assert_eq!(Draft::of(0, &rule, false).rule(), rule);
        }
        let hide_both = Rule { kind: RuleKind::Hide, label: None, ..Rule::merge(&["a", "b"], "") };
        assert_eq!(Draft::of(0, &hide_both, false).rule(), hide_both);
    }

    #[test]
    fn it_says_what_is_missing_and_takes_its_place() {
        let rules = Rules { rules: vec![Rule::hide("x"), Rule::hide("y")], ..Rules::default() };
        let mut draft = Draft::empty(1);
        assert!(draft.problem(&rules).unwrap().contains("which labels"));
        draft.patterns = vec!["(".to_owned()];
        assert!(draft.problem(&rules).unwrap().contains("called"));
        draft.label = "Z".to_owned();
        assert_eq!(draft.problem(&rules), None);
        draft.matching = Matching::Regex;
        assert!(draft.problem(&rules).is_some(), "a bracket that is not closed");
        draft.patterns = vec!["z".to_owned(), " ".to_owned()];
        let names = |rules: &Rules| -> Vec<String> {
            rules.rules.iter().map(|rule| rule.pattern.clone()).collect()
        };
        assert_eq!(names(&draft.among(&rules)), ["x", "z", "y"]);
        draft.is_new = false;
        assert_eq!(names(&draft.among(&rules)), ["x", "z"]);
    }
}
