//! The ledger's bytes, for the fuzzer.

use super::Ledger;

/// Bytes that may be a ledger. What is one is written in one way, and can be asked.
pub(crate) fn ledger(data: &[u8]) {
    let Ok(ledger) = Ledger::from_bytes(data) else { return };
    let bytes = ledger.to_bytes();
    let Ok(again) = Ledger::from_bytes(&bytes) else { panic!("a ledger cannot be read again") };
    assert!(again.to_bytes() == bytes, "a ledger changes when it is written");
    assert_eq!(again.releases(), ledger.releases());
    let views = ledger.releases.iter().flat_map(|release| &release.views);
    for cell in views.flat_map(|released| &released.cells) {
        assert!(cell.people() >= cell.who.len());
    }
}
