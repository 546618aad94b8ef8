use std::{rc::Rc, sync::Arc, time::Duration};

use leptos::{
    html,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast as _, JsValue},
    web_sys::{
        Blob, CanvasRenderingContext2d, File, FileList, FormData, HtmlCanvasElement, ImageBitmap,
        js_sys::{Function, Promise, Reflect, Uint8Array},
    },
};

use super::crop::Crop;
use crate::islands::{
    form::{FieldState, FormState},
    text_input::{Field, focus, watch_correction},
};

/// The name of the field, and the id of its input.
pub(super) const NAME: &str = "picture";
/// Maximum side length of the picture that is sent, in pixels: the server keeps half of it.
const SIDE_MAX: u32 = 512;
const QUALITY: f64 = 0.9;
/// A larger file that cannot be read is not sent at all.
const UNREAD_MAX: f64 = 2_000_000.0;
/// How often a form that is being sent checks whether its picture has been read.
const LOOKS_EVERY: Duration = Duration::from_millis(20);

/// The chosen picture, until it is saved or discarded.
#[derive(Clone, Copy)]
pub(super) struct Picture {
    pub form: Option<FormState>,
    pub field: Field,
    pub input: NodeRef<html::Input>,
    pub canvas: NodeRef<html::Canvas>,
    bitmap: StoredValue<Option<ImageBitmap>, LocalStorage>,
    /// The part that is kept, if there is a picture.
    pub crop: RwSignal<Option<Crop>>,
    /// Whether it was moved by a key since it was chosen.
    pub has_moved: RwSignal<bool>,
    /// Whether it is announced. Not at first: an equal text would not be announced again.
    is_announced: RwSignal<bool>,
    /// Why the file in the input is not sent.
    refused: StoredValue<Option<String>>,
    /// Whether a file is being read.
    reading: StoredValue<bool>,
    /// Counts choices: of two pictures being read the later one wins.
    choice: StoredValue<u32>,
    /// The choice that was sent.
    sent: StoredValue<u32>,
    unreadable: StoredValue<(String, String)>,
}

impl Picture {
    pub fn new(error: Option<String>, unreadable: (String, String)) -> Self {
        let state = Self {
            form: use_context(),
            field: Field::new(error),
            input: NodeRef::new(),
            canvas: NodeRef::new(),
            bitmap: StoredValue::new_local(None),
            crop: RwSignal::new(None),
            has_moved: RwSignal::new(false),
            is_announced: RwSignal::new(false),
            refused: StoredValue::new(None),
            reading: StoredValue::new(false),
            choice: StoredValue::new(0),
            sent: StoredValue::new(0),
            unreadable: StoredValue::new(unreadable),
        };
        if let Some(form) = state.form {
            watch_correction(form, NAME, state.field.error);
            form.add(FieldState {
                name: NAME.to_owned(),
                value: Signal::derive(String::new),
                error: state.field.error,
                check: Arc::new(move || state.refused.get_value()),
                // Reported once: after that, a file that is not a picture no longer blocks the rest of the form.
                focus: Arc::new(move || {
                    if state.refused.get_value().is_some() {
                        state.empty();
                    }
                    focus(state.input);
                }),
                // Another file may have been chosen since.
                clear: Some(Arc::new(move || {
                    if state.sent.get_value() == state.choice.get_value() {
                        state.empty();
                    }
                })),
            });
            form.attach.set_value(Some(Rc::new(move |fields| Box::pin(state.put(fields)))));
            Effect::new(move |_| {
                if form.busy.get() {
                    state.sent.set_value(state.choice.get_value());
                }
            });
        }
        state
    }

    /// Takes the file in the input, if there is one.
    pub fn take_chosen(self, is_by_input: bool) {
        let files = self.input.get_untracked().and_then(|input| input.files());
        if let Some(file) = files.and_then(|files| files.get(0)) {
            self.take(file, is_by_input);
        }
    }

    /// Takes a file that was dropped or pasted as if it had been chosen; returns whether there is one.
    pub fn bring(self, files: &FileList) -> bool {
        let Some(file) = files.get(0) else { return false };
        if let Some(input) = self.input.get_untracked() {
            input.set_files(Some(files));
        }
        self.take(file, false);
        true
    }

    /// Reads a file. A small file that cannot be read is sent anyway, so that the server reports all other errors at
    /// the same time.
    pub fn take(self, file: File, is_by_input: bool) {
        let choice = self.choice.get_value() + 1;
        self.choice.set_value(choice);
        self.refused.set_value(None);
        self.field.error.set(None);
        self.set_reading(true);
        spawn_local(async move {
            let read = read(&file).await;
            if self.choice.get_value() != choice {
                return;
            }
            self.set_reading(false);
            match read {
                Ok(bitmap) => self.show(bitmap, is_by_input),
                Err(is_known) => {
                    let (unknown, broken) = self.unreadable.get_value();
                    let why = if is_known { broken } else { unknown };
                    self.close();
                    if file.size() > UNREAD_MAX {
                        self.refused.set_value(Some(why.clone()));
                    }
                    self.field.error.set(Some(why));
                }
            }
        });
    }

    fn set_reading(self, is_reading: bool) {
        self.reading.set_value(is_reading);
    }

    fn show(self, bitmap: ImageBitmap, is_by_input: bool) {
        let (width, height) = (bitmap.width(), bitmap.height());
        if let Some(canvas) = self.canvas.get_untracked() {
            let side = width.min(height).min(SIDE_MAX);
            canvas.set_width(side);
            canvas.set_height(side);
        }
        self.close();
        self.has_moved.set(false);
        self.is_announced.set(false);
        set_timeout(move || self.is_announced.set(true), Duration::ZERO);
        self.bitmap.set_value(Some(bitmap));
        self.crop.set(Some(Crop::new(width, height)));
        if let Some(form) = self.form {
            form.has_file.set(true);
        }
        // The input that was used is hidden now; after dropping or pasting the focus stays where it is.
        if is_by_input {
            request_animation_frame(move || focus(self.canvas));
        }
    }

    pub fn turn(self, how: impl FnOnce(Crop) -> Crop) {
        if let Some(crop) = self.crop.get_untracked() {
            self.crop.set(Some(how(crop)));
        }
    }

    /// Returns what a screen reader announces: that a picture has been read, or where the square is.
    pub fn announcement(self, ready: &str, place: &(String, String)) -> Option<String> {
        let crop = self.crop.get().filter(|_| self.is_announced.get())?;
        if !self.has_moved.get() {
            return Some(ready.to_owned());
        }
        let (x, y) = crop.place();
        Some([&place.0, " ", &x.to_string(), " %, ", &place.1, " ", &y.to_string(), " %"].concat())
    }

    pub fn draw(self) {
        let Some(crop) = self.crop.get() else { return };
        let Some(canvas) = self.canvas.get_untracked() else { return };
        let context = HtmlCanvasElement::get_context(&canvas, "2d").ok().flatten();
        let Some(context) = context else { return };
        let context: CanvasRenderingContext2d = context.unchecked_into();
        let side = f64::from(canvas.width());
        let ((left, top), part) = (crop.origin(), crop.side());
        // JPEG has no transparency.
        context.set_fill_style_str("white");
        context.fill_rect(0.0, 0.0, side, side);
        let (name, value) = ("imageSmoothingQuality", "high");
        let _ = Reflect::set(&context, &JsValue::from_str(name), &JsValue::from_str(value));
        self.bitmap.with_value(|bitmap| {
            if let Some(bitmap) = bitmap {
                let _ = context
                    .draw_image_with_image_bitmap_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                        bitmap, left, top, part, part, 0.0, 0.0, side, side,
                    );
            }
        });
    }

    /// Discards the choice; the stored picture stays as it is.
    pub fn leave(self) {
        self.empty();
        self.field.error.set(None);
    }

    /// Clears the file and the crop, but not their error message.
    fn empty(self) {
        self.choice.update_value(|choice| *choice += 1);
        self.set_reading(false);
        self.refused.set_value(None);
        self.close();
        if let Some(input) = self.input.get_untracked() {
            input.set_value("");
        }
    }

    fn close(self) {
        self.bitmap.update_value(|bitmap| {
            if let Some(bitmap) = bitmap.take() {
                bitmap.close();
            }
        });
        self.crop.set(None);
        if let Some(form) = self.form {
            form.has_file.set(false);
        }
    }

    /// Replaces the file in the form data with the visible square, once the file has been read.
    async fn put(self, fields: FormData) -> Option<()> {
        while self.reading.get_value() {
            let wait = |resolve, _| {
                set_timeout(move || drop(Function::call0(&resolve, &JsValue::NULL)), LOOKS_EVERY)
            };
            Promise::new(&mut { wait }).await.ok()?;
        }
        let canvas = self.canvas.get_untracked().filter(|_| self.crop.get_untracked().is_some());
        let Some(canvas) = canvas else { return Some(()) };
        let made = Promise::new(&mut |resolve, _| {
            let kind = "image/jpeg";
            let _ = canvas.to_blob_with_type_and_encoder_options(&resolve, kind, &QUALITY.into());
        });
        let blob: Blob = made.await.ok()?.dyn_into().ok()?;
        fields.set_with_blob_and_filename(NAME, &blob, "picture.jpg").ok()
    }
}

/// Decodes a file, in upright orientation; otherwise returns whether it has the signature of a format that the server
/// accepts.
async fn read(file: &File) -> Result<ImageBitmap, bool> {
    let head = file.slice_with_i32_and_i32(0, 12).map_err(|_| false)?;
    let head = head.array_buffer().await.map_err(|_| false)?;
    let is_known = matches!(
        *Uint8Array::new(&head).to_vec(),
        [0x89, b'P', b'N', b'G', ..]
            | [0xff, 0xd8, 0xff, ..]
            | [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P']
    );
    if !is_known {
        return Err(false);
    }
    let bitmap = window().create_image_bitmap_with_blob(file).map_err(|_| true)?;
    Ok(bitmap.await.map_err(|_| true)?.unchecked_into())
}
