//! A scene as SVG text: self-contained, the same bytes for the same scene.
//!
//! Names of targets become titles, which browsers show on hover and screen readers read. Nothing
//! else goes in: no id from the data, no comment, no metadata.

use std::fmt::Write;

use super::scene::{Cubic, Fill, Mark, Rgba, Scene, Shape, TextAlign};
use super::{TargetKind, Weight};

impl Scene {
    /// The picture as an SVG document in UTF-8, lengths with two decimals.
    pub fn to_svg(&self) -> String {
        let mut writer = Writer { out: String::with_capacity(1 << 16), fades: Vec::new() };
        writer.document(self);
        writer.out
    }
}

struct Writer {
    out: String,
    /// Gradients in the order of their first use; a gradient's place is its name.
    fades: Vec<Gradient>,
}

/// From a colour to another, from left to right or downwards.
#[derive(Clone, Copy, PartialEq)]
struct Gradient {
    from: Rgba,
    to: Rgba,
    down: bool,
}

impl Gradient {
    fn of(mark: &Mark) -> Option<Self> {
        match *mark {
            Mark::Band { fill: Fill::Across(from, to), .. } => Some(Self { from, to, down: false }),
            Mark::Fade { from, to, .. } => Some(Self { from, to, down: true }),
            _ => None,
        }
    }
}

impl Writer {
    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a String never fails.
        let _ = self.out.write_fmt(text);
    }

    fn document(&mut self, scene: &Scene) {
        let (w, h) = (Num(scene.width), Num(scene.height));
        self.put(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" \
             viewBox=\"0 0 {w} {h}\" role=\"img\" font-family=\"Inter, sans-serif\" \
             style=\"font-variant-numeric:tabular-nums\">\n"
        ));
        self.put(format_args!("<title>{}</title>\n", Escaped(&scene.title)));
        self.put(format_args!("<desc>{}</desc>\n", Escaped(&scene.description)));
        self.fades(scene);
        self.put(format_args!(
            "<rect width=\"{w}\" height=\"{h}\"{}/>\n",
            Paint("fill", scene.background)
        ));
        let mut rest = scene.shapes.as_slice();
        while let Some(first) = rest.first() {
            let run = rest.iter().take_while(|shape| shape.target == first.target).count();
            let (group, later) = rest.split_at(run);
            self.group(scene, first.target, group);
            rest = later;
        }
        self.put(format_args!("</svg>\n"));
    }

    fn fades(&mut self, scene: &Scene) {
        for gradient in scene.shapes.iter().filter_map(|shape| Gradient::of(&shape.mark)) {
            if !self.fades.contains(&gradient) {
                self.fades.push(gradient);
            }
        }
        if self.fades.is_empty() {
            return;
        }
        self.put(format_args!("<defs>\n"));
        for (index, Gradient { from, to, down }) in self.fades.clone().into_iter().enumerate() {
            let way = if down { " x2=\"0\" y2=\"1\"" } else { "" };
            self.put(format_args!("<linearGradient id=\"fade-{index}\"{way}>"));
            for (offset, colour) in [(0, from), (1, to)] {
                self.put(format_args!(
                    "<stop offset=\"{offset}\" stop-color=\"{}\" stop-opacity=\"{}\"/>",
                    Hex(colour),
                    Num(colour.a)
                ));
            }
            self.put(format_args!("</linearGradient>\n"));
        }
        self.put(format_args!("</defs>\n"));
    }

    /// Shapes that follow each other and belong to one target share its title.
    fn group(&mut self, scene: &Scene, target: Option<usize>, shapes: &[Shape]) {
        let target = target.and_then(|index| scene.targets.get(index));
        if let Some(target) = target {
            let class = match target.kind {
                TargetKind::Node => "node",
                TargetKind::Edge => "edge",
                TargetKind::Exit => "exit",
            };
            self.put(format_args!(
                "<g class=\"{class}\"><title>{}</title>\n",
                Escaped(&target.name)
            ));
        }
        for shape in shapes {
            self.mark(&shape.mark);
        }
        if target.is_some() {
            self.put(format_args!("</g>\n"));
        }
    }

    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Band { upper, lower, fill } => {
                self.put(format_args!("<path d=\"M"));
                self.points(&upper[..1]);
                self.curve(upper);
                self.put(format_args!("L"));
                self.points(&lower[3..]);
                let back: Cubic = [lower[3], lower[2], lower[1], lower[0]];
                self.curve(&back);
                match fill {
                    Fill::Solid(colour) => {
                        self.put(format_args!("Z\"{}/>\n", Paint("fill", *colour)));
                    }
                    Fill::Across(..) => {
                        let index = self.fade(mark);
                        self.put(format_args!("Z\" fill=\"url(#fade-{index})\"/>\n"));
                    }
                }
            }
            Mark::Rect { rect: [x, y, w, h], radius, fill, stroke } => {
                let [x, y, w, h] = [x, y, w, h].map(|length| Num(*length));
                self.put(format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\""));
                if *radius > 0.0 {
                    self.put(format_args!(" rx=\"{}\"", Num(*radius)));
                }
                match fill {
                    Some(colour) => self.put(format_args!("{}", Paint("fill", *colour))),
                    None => self.put(format_args!(" fill=\"none\"")),
                }
                if let Some(stroke) = stroke {
                    let paint = Paint("stroke", stroke.colour);
                    self.put(format_args!("{paint} stroke-width=\"{}\"", Num(stroke.width)));
                }
                self.put(format_args!("/>\n"));
            }
            Mark::Line { from, to, stroke } => {
                let [x1, y1] = from.map(Num);
                let [x2, y2] = to.map(Num);
                self.put(format_args!(
                    "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"{} stroke-width=\"{}\"/>\n",
                    Paint("stroke", stroke.colour),
                    Num(stroke.width)
                ));
            }
            Mark::Curve { path, stroke } => {
                let Some(first) = path.first() else { return };
                self.put(format_args!("<path d=\"M"));
                self.points(&first[..1]);
                for curve in path {
                    self.curve(curve);
                }
                let paint = Paint("stroke", stroke.colour);
                let width = Num(stroke.width);
                self.put(format_args!("\" fill=\"none\"{paint} stroke-width=\"{width}\"/>\n"));
            }
            Mark::Dashes { path, stroke, dash } => {
                let Some(first) = path.first() else { return };
                self.put(format_args!("<path d=\"M"));
                self.points(&first[..1]);
                for curve in path {
                    self.curve(curve);
                }
                let paint = Paint("stroke", stroke.colour);
                let [width, dash, gap] = [stroke.width, dash[0], dash[1]].map(Num);
                self.put(format_args!(
                    "\" fill=\"none\"{paint} stroke-width=\"{width}\" \
                     stroke-dasharray=\"{dash} {gap}\"/>\n"
                ));
            }
            Mark::Image { rect: [x, y, w, h], png } => {
                use base64::Engine as _;
                let [x, y, w, h] = [x, y, w, h].map(|length| Num(*length));
                let data = base64::engine::general_purpose::STANDARD.encode(png);
                self.put(format_args!(
                    "<image x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" \
                     preserveAspectRatio=\"none\" href=\"data:image/png;base64,{data}\"/>\n"
                ));
            }
            Mark::Polygon { points, fill } => {
                self.put(format_args!("<path d=\"M"));
                self.points(points);
                self.put(format_args!("Z\"{}/>\n", Paint("fill", *fill)));
            }
            Mark::Fade { rect: [x, y, w, h], .. } => {
                let [x, y, w, h] = [x, y, w, h].map(|length| Num(*length));
                let index = self.fade(mark);
                self.put(format_args!(
                    "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" fill=\"url(#fade-{index})\"/>\n"
                ));
            }
            Mark::Text { at, size, align, runs } => {
                let [x, y] = at.map(Num);
                self.put(format_args!("<text x=\"{x}\" y=\"{y}\" font-size=\"{}\"", Num(*size)));
                match align {
                    TextAlign::Left => {}
                    TextAlign::Centre => self.put(format_args!(" text-anchor=\"middle\"")),
                    TextAlign::Right => self.put(format_args!(" text-anchor=\"end\"")),
                }
                self.put(format_args!(">"));
                for run in runs {
                    self.put(format_args!("<tspan"));
                    if run.gap != 0.0 {
                        self.put(format_args!(" dx=\"{}\"", Num(run.gap)));
                    }
                    if run.weight != Weight::Regular {
                        self.put(format_args!(" font-weight=\"{}\"", run.weight.css()));
                    }
                    let paint = Paint("fill", run.colour);
                    self.put(format_args!("{paint}>{}</tspan>", Escaped(&run.text)));
                }
                self.put(format_args!("</text>\n"));
            }
        }
    }

    /// The name of a mark's gradient.
    fn fade(&self, mark: &Mark) -> usize {
        let gradient = Gradient::of(mark);
        self.fades.iter().position(|known| Some(*known) == gradient).unwrap_or_default()
    }

    fn curve(&mut self, curve: &Cubic) {
        self.put(format_args!("C"));
        self.points(&curve[1..]);
    }

    fn points(&mut self, points: &[[f32; 2]]) {
        for (index, [x, y]) in points.iter().enumerate() {
            let space = if index > 0 { " " } else { "" };
            self.put(format_args!("{space}{},{}", Num(*x), Num(*y)));
        }
    }
}

/// A length with at most two decimals and without zeros at its end.
struct Num(f32);

impl std::fmt::Display for Num {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Adding zero turns a negative zero into zero; a length that is no number is drawn at 0.
        let rounded = if self.0.is_finite() { (self.0 * 100.0).round() / 100.0 + 0.0 } else { 0.0 };
        let text = format!("{rounded:.2}");
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

struct Hex(Rgba);

impl std::fmt::Display for Hex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0.r, self.0.g, self.0.b)
    }
}

/// ` fill="#rrggbb"`, with its opacity where it has one.
struct Paint(&'static str, Rgba);

impl std::fmt::Display for Paint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, " {}=\"{}\"", self.0, Hex(self.1))?;
        if self.1.a < 1.0 {
            write!(f, " {}-opacity=\"{}\"", self.0, Num(self.1.a))?;
        }
        Ok(())
    }
}

/// Text that is safe between tags and in attributes. Characters that XML 1.0 has no place for
/// are left out.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\u{FFFE}' | '\u{FFFF}' => {}
                letter if letter.is_control() => {}
                letter => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Escaped, Num};

    #[test]
    fn lengths_have_at_most_two_decimals() {
        for (length, text) in [
            (0.0, "0"),
            (-0.001, "0"),
            (12.0, "12"),
            (100.0, "100"),
            (1.004, "1"),
            (1.5, "1.5"),
            (-7.257, "-7.26"),
            (f32::NAN, "0"),
            (f32::INFINITY, "0"),
        ] {
            assert_eq!(Num(length).to_string(), text);
        }
    }

    #[test]
    fn text_is_escaped_and_freed_of_controls() {
        let text = Escaped("a<b>&\"c\"\u{1}\u{7F}\u{FFFF}'").to_string();
        assert_eq!(text, "a&lt;b&gt;&amp;&quot;c&quot;'");
    }
}
