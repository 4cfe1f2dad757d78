fn main() {
    let count = |vault: &trodden::vault::Vault| vault.store.subjects();
    let _ = count;
}
