//! Codes that a shopper writes into a message are hidden before it is stored, so that nobody of the staff sees one.
//!
//! Whoever is signed in, or says which account it is about, has his codes hidden and his order numbers left alone:
//! what looks like a code is compared with the codes that are good now. That comparison must not become a way to
//! guess codes, or to learn which accounts there are: so it counts, and an account that nobody has is compared with
//! nothing, and looks the same. Where nothing is known, whatever looks like a code is hidden.
//!
//! One thing gets through: whoever names an account by one of its names, signed out, after strangers used up what is
//! compared with it under another one, has the short codes of that account left in what he writes. To hide whatever he
//! writes then would tell them that both names are of one account.

use std::ops::Range;

use super::Conversation;
use crate::{
    forms::{Code, identifier_key},
    server::{
        app::App,
        clock::{DAY, Millis},
        codes::LiveCodes,
        db::{DbError, Tx},
        throttle::{self, Key},
    },
};

/// What stands where a code was.
pub const HIDDEN: &str = "••••••";
/// Numbers that are compared with the short codes of an account in a day, as many as its codes may be typed wrongly;
/// then all that look like codes are hidden.
const COMPARED_A_DAY: i64 = 20;
/// Long codes cannot be guessed; this only bounds the work that one message makes.
const LONG_COMPARED: usize = 50;

/// The text without codes; `None` if there are none in it.
pub(super) async fn hide(
    app: &App,
    tx: &mut Tx,
    conversation: &Conversation,
    text: &str,
) -> Result<Option<String>, DbError> {
    let found = find(text);
    if found.is_empty() {
        return Ok(None);
    }
    let known = conversation.account_id.is_some() || conversation.claimed.is_some();
    let mut hidden = Vec::new();
    if known {
        let mut comparing = Comparing::new(app, tx, conversation).await?;
        for look in found {
            if look.saved || comparing.matches(tx, &look).await? {
                hidden.push(look.range);
            }
        }
    } else {
        hidden.extend(found.into_iter().filter(|look| look.sure).map(|look| look.range));
    }
    Ok((!hidden.is_empty()).then(|| without(text, &hidden)))
}

fn without(text: &str, hidden: &[Range<usize>]) -> String {
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for range in hidden {
        // A window within another that was hidden already.
        if range.start < at {
            continue;
        }
        out.push_str(text.get(at..range.start).unwrap_or_default());
        out.push_str(HIDDEN);
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// Comparing what looks like a code with the codes of the accounts in question.
struct Comparing<'a> {
    app: &'a App,
    codes: Vec<LiveCodes>,
    /// What was typed counts for what shows …
    shown: Vec<Counter>,
    /// … and the account for what is really compared, so that its names do not add up, and do not show to be one's.
    real: Option<Counter>,
    long: usize,
}

/// How often numbers were compared today.
struct Counter {
    key: Key,
    over: bool,
}

impl Counter {
    const fn new(key: Key) -> Self {
        Self { key, over: false }
    }

    /// Counts one more; gives whether that is too many. Once it is, a message of hundreds of numbers asks no more of
    /// the database.
    async fn is_over(&mut self, tx: &mut Tx, now: Millis) -> Result<bool, DbError> {
        if !self.over {
            self.over = throttle::count(tx, &self.key, DAY, now).await?.count > COMPARED_A_DAY;
        }
        Ok(self.over)
    }
}

impl<'a> Comparing<'a> {
    async fn new(app: &'a App, tx: &mut Tx, conversation: &Conversation) -> Result<Self, DbError> {
        let now = app.clock.now();
        let own = conversation.account_id.as_deref();
        let claimed = conversation.claimed_id.as_deref().filter(|id| Some(*id) != own);
        // Without account it is still read: it looks the same, and the codes of this conversation are among them.
        let codes = vec![
            LiveCodes::of(tx, own, &conversation.id, now).await?,
            LiveCodes::of(tx, claimed, &conversation.id, now).await?,
        ];
        let key = |what, whom: &str| Counter::new(Key::new(&app.keys, what, &[whom]));
        let own_key = own.map(|id| key("codes-compared-own", id));
        let other = conversation.claimed.as_deref().filter(|_| own.is_none() || claimed.is_some());
        let typed_key = other.map(|typed| key("codes-compared-typed", &identifier_key(typed)));
        Ok(Self {
            app,
            codes,
            shown: own_key.into_iter().chain(typed_key).collect(),
            real: claimed.map(|id| key("codes-compared", id)),
            long: 0,
        })
    }

    /// Whether it is to be hidden.
    async fn matches(&mut self, tx: &mut Tx, look: &Look) -> Result<bool, DbError> {
        let Some(code) = &look.code else { return Ok(look.sure) };
        if code.is_long() {
            self.long += 1;
            if self.long > LONG_COMPARED {
                return Ok(look.sure);
            }
        } else if self.app.config.limits {
            let now = self.app.clock.now();
            for counter in &mut self.shown {
                if counter.is_over(tx, now).await? {
                    return Ok(true);
                }
            }
            if let Some(counter) = &mut self.real
                && counter.is_over(tx, now).await?
            {
                return Ok(false);
            }
        }
        Ok(self.codes.iter().any(|codes| codes.contain(&self.app.keys, code)))
    }
}

/// Something that looks like a code.
struct Look {
    /// Where it stands, in bytes.
    range: Range<usize>,
    /// What it would be; of saved codes nothing is compared.
    code: Option<Code>,
    /// It looks like a code so much that it is one until the contrary is known.
    sure: bool,
    /// It has the form of a saved code, which nothing else has.
    saved: bool,
}

/// Letters and digits in a row.
struct Word {
    range: Range<usize>,
    chars: usize,
    digits: bool,
    /// All its characters are such that codes are made of them.
    codelike: bool,
    lower: bool,
    any_digit: bool,
    any_letter: bool,
    /// What parts it from the word before, if that is a single space or dash.
    joint: Option<Joint>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    Space,
    Dash,
}

const fn joint(c: char) -> Option<Joint> {
    match c {
        ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' => Some(Joint::Space),
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => Some(Joint::Dash),
        _ => None,
    }
}

fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let (mut gap, mut gap_chars) = (None, 0);
    let mut within = false;
    for (at, c) in text.char_indices() {
        if !c.is_alphanumeric() {
            gap = if within { joint(c) } else { None };
            gap_chars = if within { 1 } else { gap_chars + 1 };
            within = false;
            continue;
        }
        if !within {
            words.push(Word {
                range: at..at,
                chars: 0,
                digits: true,
                codelike: true,
                lower: false,
                any_digit: false,
                any_letter: false,
                joint: gap.filter(|_| gap_chars == 1),
            });
            within = true;
        }
        if let Some(word) = words.last_mut() {
            word.range.end = at + c.len_utf8();
            word.chars += 1;
            let digit = matches!(c, '0'..='9' | '０'..='９' | '٠'..='٩');
            word.digits &= digit;
            word.codelike &= digit || (c.is_ascii_alphabetic() && !matches!(c, 'u' | 'U'));
            word.lower |= c.is_ascii_lowercase();
            word.any_digit |= digit;
            word.any_letter |= !digit;
        }
    }
    words
}

/// What looks like a code in a text, in order.
fn find(text: &str) -> Vec<Look> {
    let words = words(text);
    let mut looks = Vec::new();
    let mut at = 0;
    while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
        let (taken, look) = groups(text, rest, 4, 4)
            .or_else(|| groups(text, rest, 4, 3))
            .or_else(|| digits(text, words.get(..at).unwrap_or_default(), rest))
            .or_else(|| single(text, rest))
            .map_or((1, None), |(taken, look)| (taken, Some(look)));
        looks.extend(look);
        at += taken;
    }
    looks
}

/// `count` groups of `size` characters: a long code, or a saved one.
fn groups(text: &str, rest: &[Word], size: usize, count: usize) -> Option<(usize, Look)> {
    let (some, first) = (rest.get(..count)?, rest.first()?);
    let joints: Vec<Joint> = some.iter().skip(1).filter_map(|word| word.joint).collect();
    let alike = joints.len() + 1 == count && joints.windows(2).all(|two| two.first() == two.last());
    if !alike || !some.iter().all(|word| word.chars == size && word.codelike) {
        return None;
    }
    let dashed = joints.first() == Some(&Joint::Dash);
    let sure =
        dashed || (some.iter().all(|word| !word.lower) && some.iter().any(|word| word.any_digit));
    let saved = count == 4;
    if saved && !sure {
        return None;
    }
    let range = first.range.start..some.last()?.range.end;
    let code = if saved { None } else { Some(Code::parse(text.get(range.clone())?)?) };
    // Words of four letters in a row are no code; compared they are all the same.
    let taken = if sure { count } else { 1 };
    Some((taken, Look { range, code, sure, saved }))
}

/// Six digits that stand alone, in one group or several: `123456`, `123 456`, `12-34-56`.
fn digits(text: &str, before: &[Word], rest: &[Word]) -> Option<(usize, Look)> {
    let first = rest.first().filter(|word| word.digits)?;
    let more = rest.iter().skip(1).take_while(|word| word.digits && word.joint.is_some());
    let run: Vec<&Word> = std::iter::once(first).chain(more).collect();
    let goes_on = first.joint.is_some() && before.last().is_some_and(|word| word.digits);
    let whole = !goes_on && run.iter().map(|word| word.chars).sum::<usize>() == Code::SHORT;
    let (taken, last) = if whole {
        (run.len(), run.last()?)
    } else {
        // One group of six in a longer row, unless a dash binds it to its neighbours.
        let bound = goes_on && first.joint == Some(Joint::Dash)
            || run.get(1).is_some_and(|next| next.joint == Some(Joint::Dash));
        if first.chars != Code::SHORT || bound {
            return None;
        }
        (1, run.first()?)
    };
    let range = first.range.start..last.range.end;
    let code = Code::parse(text.get(range.clone())?)?;
    Some((taken, Look { range, code: Some(code), sure: true, saved: false }))
}

/// A long code, or a saved one, without its dashes.
fn single(text: &str, rest: &[Word]) -> Option<(usize, Look)> {
    let word = rest.first().filter(|word| word.codelike)?;
    let mixed = word.any_digit && word.any_letter;
    let (range, saved) = (word.range.clone(), word.chars == 16);
    let look = match word.chars {
        16 if mixed => Look { range, code: None, sure: true, saved },
        Code::LONG => {
            let code = Code::parse(text.get(range.clone())?)?;
            Look { range, code: Some(code), sure: mixed, saved }
        }
        _ => return None,
    };
    Some((1, look))
}
