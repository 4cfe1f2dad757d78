#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    trodden::fuzzing::run("board", data);
});
