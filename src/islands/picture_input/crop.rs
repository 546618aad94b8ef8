/// The square of a picture that is kept. Lengths are pixels of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Crop {
    width: f64,
    height: f64,
    /// The centre of the square.
    x: f64,
    y: f64,
    /// In percent; at 100 the square is as large as possible.
    zoom: u32,
}

pub(super) const ZOOM_MAX: u32 = 400;

impl Crop {
    /// Returns the largest square in the centre, which is how the server crops without script.
    pub fn new(width: u32, height: u32) -> Self {
        let (width, height) = (f64::from(width), f64::from(height));
        Self { width, height, x: width / 2.0, y: height / 2.0, zoom: 100 }
    }

    pub const fn zoom(&self) -> u32 {
        self.zoom
    }

    pub fn side(&self) -> f64 {
        self.width.min(self.height) * 100.0 / f64::from(self.zoom)
    }

    /// Returns the left and upper edge.
    pub fn origin(&self) -> (f64, f64) {
        let half = self.side() / 2.0;
        (self.x - half, self.y - half)
    }

    /// Moves the picture under the square, by fractions of the square's side.
    pub fn moved(self, right: f64, down: f64) -> Self {
        let side = self.side();
        Self { x: self.x - right * side, y: self.y - down * side, ..self }.within()
    }

    pub fn zoomed(self, zoom: u32) -> Self {
        Self { zoom: zoom.clamp(100, ZOOM_MAX), ..self }.within()
    }

    /// Keeps the square inside the picture.
    fn within(self) -> Self {
        let half = self.side() / 2.0;
        let held = |at: f64, length: f64| at.min(length - half).max(half);
        Self { x: held(self.x, self.width), y: held(self.y, self.height), ..self }
    }

    /// Returns the position of the square between the edges, horizontally and vertically, in percent.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
    pub fn place(&self) -> (u32, u32) {
        let (left, top) = self.origin();
        let part = |edge: f64, length: f64| {
            let room = length - self.side();
            if room > 0.0 { (edge / room * 100.0 + 0.5) as u32 } else { 50 }
        };
        (part(left, self.width), part(top, self.height))
    }
}

#[cfg(test)]
mod tests {
    use super::Crop;

    #[test]
    fn the_square_begins_in_the_middle_and_never_leaves_the_picture() {
        let crop = Crop::new(900, 300);
        assert_eq!((crop.side(), crop.origin(), crop.place()), (300.0, (300.0, 0.0), (50, 50)));
        // As when dragging the picture: what was further left moves into the square.
        let left = crop.moved(0.5, 0.0);
        assert_eq!((left.origin(), left.place()), ((150.0, 0.0), (25, 50)));
        assert_eq!(crop.moved(9.0, 9.0).origin(), (0.0, 0.0));
        assert_eq!(crop.moved(-9.0, -9.0).origin(), (600.0, 0.0));
    }

    #[test]
    fn zoom_keeps_the_middle_and_the_edges() {
        let near = Crop::new(900, 300).zoomed(200);
        assert_eq!((near.side(), near.origin()), (150.0, (375.0, 75.0)));
        let corner = near.moved(9.0, 9.0);
        assert_eq!((corner.origin(), corner.place()), ((0.0, 0.0), (0, 0)));
        assert_eq!(corner.zoomed(100).origin(), (0.0, 0.0));
        assert_eq!((near.zoomed(1).zoom(), near.zoomed(9_999).zoom()), (100, 400));
        let one = Crop::new(1, 1).zoomed(400).moved(9.0, -9.0);
        assert_eq!((one.side(), one.place()), (0.25, (0, 100)));
    }
}
