//! The window does the same work: it opens a file, imports it, draws, and nothing of the data goes to disk,
//! to a log or over a socket, the one to the display included.
//!
//! The real program runs on a display without a screen (Xvfb) under strace; xdotool types and clicks. What
//! the window shows is seen only as far as it takes to find the one large button of a place.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use trodden::draw::tokens::Theme;

use crate::files::Files;
use crate::trace::{self, Home};
use crate::{PROGRAM, assert_clean, assert_left_clean};

const WIDTH: usize = 1440;
const HEIGHT: usize = 900;

/// A display that nobody sees, whose pixels are in a file.
struct Display {
    server: Child,
    name: String,
    pixels: tempfile::TempDir,
}

impl Display {
    fn open() -> Option<Self> {
        let pixels = tempfile::tempdir().expect("a folder");
        let screen = format!("{WIDTH}x{HEIGHT}x24");
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", &screen, "-nolisten", "tcp", "-fbdir"])
            .arg(pixels.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut line = String::new();
        BufReader::new(server.stdout.take()?).read_line(&mut line).ok()?;
        let name = format!(":{}", line.trim());
        Some(Self { server, name, pixels })
    }

    fn xdotool(&self, args: &[&str]) -> Option<String> {
        let output = Command::new("xdotool").env("DISPLAY", &self.name).args(args).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// The colours on the screen, row by row.
    fn screen(&self) -> Vec<[u8; 3]> {
        // XWD: a header of 32-bit numbers, the first its own size; then a table of colours of 12 bytes
        // each; then the pixels, blue first.
        let bytes = fs::read(self.pixels.path().join("Xvfb_screen0")).expect("pixels");
        let number = |at: usize| {
            u32::from_be_bytes(bytes[at * 4..at * 4 + 4].try_into().expect("four bytes")) as usize
        };
        let (header, line, colours) = (number(0), number(12), number(19));
        let start = header + 12 * colours;
        let pixel = |at: usize| {
            let at = start + at / WIDTH * line + at % WIDTH * 4;
            [bytes[at + 2], bytes[at + 1], bytes[at]]
        };
        (0..WIDTH * HEIGHT).map(pixel).collect()
    }

    /// The middle of the widest bar in this colour that is as high as a button.
    fn button(&self, colour: [u8; 3]) -> Option<(usize, usize)> {
        const HIGH: usize = 20;
        const WIDE: usize = 240;
        let screen = self.screen();
        let is_like =
            |at: usize| screen[at].iter().zip(colour).all(|(one, other)| one.abs_diff(other) <= 6);
        let mut widest: Option<(usize, (usize, usize))> = None;
        for y in HIGH..HEIGHT {
            let mut run = 0;
            for x in 0..=WIDTH {
                if x < WIDTH && is_like(y * WIDTH + x) {
                    run += 1;
                    continue;
                }
                let left = x - run;
                let is_bar =
                    run >= WIDE && (1..HIGH).all(|up| is_like((y - up) * WIDTH + left + 6));
                if is_bar && widest.is_none_or(|(length, _)| run > length) {
                    widest = Some((run, (left + run / 2, y - HIGH / 2)));
                }
                run = 0;
            }
        }
        widest.map(|(_, middle)| middle)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // Both fail where it is gone already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// strace and the program, which end with the test.
struct Window(Child);

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks until there is an answer.
fn wait<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_mins(2);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < end, "waited two minutes for {what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Opens a file in the window, imports it, goes to every place, to every view where there is one, and
/// quits. Nothing is said on standard error.
fn use_window(home: &Home, display: &Display, path: &str, trace: &Path, views: &[&str]) {
    let said = home.path().with_extension("said");
    let said_file = fs::File::create(&said).expect("a file");
    let more = [("DISPLAY", display.name.as_str()), ("LIBGL_ALWAYS_SOFTWARE", "1")];
    let window = trace::command(home, trace, OsStr::new(PROGRAM), &more)
        .arg(path)
        .stdout(Stdio::null())
        .stderr(said_file)
        .spawn()
        .expect("strace starts");
    let mut window = Window(window);
    let id = wait("the window", || {
        let ids = display.xdotool(&["search", "--onlyvisible", "--name", "^Trodden"])?;
        ids.lines().next().map(str::to_owned)
    });
    // Without a window manager nobody else gives it the keyboard.
    wait("the keyboard", || display.xdotool(&["windowfocus", &id]));
    let accent = Theme::Light.colours().accent;
    // The button to import fills its panel; no other is as wide.
    let button = || display.button([accent.r, accent.g, accent.b]);
    wait("the columns", button);
    wait("the import", || {
        let Some((x, y)) = button() else { return Some(()) };
        display.xdotool(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"]);
        std::thread::sleep(Duration::from_secs(1));
        None
    });
    for place in ["ctrl+2", "ctrl+3", "ctrl+4", "ctrl+3"] {
        let shown = display.screen();
        display.xdotool(&["key", place]);
        wait("another place", || (display.screen() != shown).then_some(()));
        // Counting, and drawing what was counted.
        std::thread::sleep(Duration::from_secs(4));
    }
    for view in views {
        let shown = display.screen();
        display.xdotool(&["key", "ctrl+k"]);
        wait("the palette", || (display.screen() != shown).then_some(()));
        display.xdotool(&["type", "--delay", "30", &format!("show the {view}")]);
        display.xdotool(&["key", "Return"]);
        wait(view, || {
            let one = display.screen();
            std::thread::sleep(Duration::from_secs(1));
            let other = display.screen();
            // Another picture that has come to rest, and no palette, which darkens all around it.
            (one == other && one != shown && one[0] == shown[0]).then_some(())
        });
    }
    display.xdotool(&["key", "ctrl+q"]);
    let status = wait("the end", || window.0.try_wait().expect("it is ours"));
    assert_eq!(status.code(), Some(0));
    assert_eq!(fs::read_to_string(&said).expect("it is there"), "");
    fs::remove_file(&said).expect("it is there");
}

#[test]
fn nothing_of_the_data_is_written_by_the_window() {
    const NAME: &str = "nothing_of_the_data_is_written_by_the_window";
    if !trace::is_possible(NAME) {
        return;
    }
    let has_tool = Command::new("xdotool").arg("version").output().is_ok();
    let Some(display) = Display::open().filter(|_| has_tool) else {
        let required = std::env::var_os("TRODDEN_REQUIRE_STRACE").is_some();
        assert!(!required, "{NAME}: Xvfb or xdotool is not here");
        eprintln!("{NAME} did not run: Xvfb or xdotool is not here");
        return;
    };
    let (files, home) = (Files::write(), Home::new());
    let settings = home.path().join("config/trodden");
    fs::create_dir_all(&settings).expect("a folder");
    fs::write(settings.join("settings.toml"), "theme = \"light\"\n").expect("it is written");
    // The first stops at what looks personal; in the second nothing does, and it is drawn.
    let every_view = ["map", "paths", "funnel", "timing", "trend", "flow"];
    for (name, views) in [("events.csv", &[][..]), ("plain.csv", &every_view)] {
        let trace = home.path().with_extension(name);
        use_window(&home, &display, &files.path(name), &trace, views);
        let traced = trace::read(&fs::read(&trace).expect("strace writes"));
        fs::remove_file(&trace).expect("it is there");
        assert_clean(&files, &traced, &format!("the window on {name}"));
        assert_eq!(traced.internet, [] as [String; 0]);
        assert_eq!(traced.programs, 1, "the window started another program");
        // It did talk to the display.
        assert!(traced.written.values().map(Vec::len).sum::<usize>() > 10_000);
    }
    assert_left_clean(&files, home.path());
    // How columns were read is kept once something has been drawn.
    for kept in
        ["config/trodden/settings.toml", "data/trodden/recent.json", "data/trodden/remembered.json"]
    {
        assert!(home.path().join(kept).exists(), "{kept}");
    }
}
