//! Hides what looks like a code in a shopper's message before it is stored, so that no staff member reads one.
//!
//! What is hidden depends on the text alone. It is not compared with any code: a comparison whose outcome shows, on the
//! page, in the stream or through timing, would tell an attacker who names an account which numbers are its codes; and
//! one whose outcome shows to the staff would tell the staff. So numbers are checked only by the form that asks for a
//! code, where each counts as a try.
//!
//! Order numbers are six digits in many shops. One that is labelled as such (`order 123456`, `заказ № 123456`,
//! `#123456`) stays readable; any other is hidden, and the notice below the message says how to write it. This protects
//! codes that are posted carelessly. A shopper who is talked into spelling out a code, or into sending a picture of it,
//! is protected by the warnings on the page and in the email, and by the code being valid in one browser only.

use crate::domain::values::{CodeForm, CodeLike, codes_in, decimal};

/// The replacement for a code.
pub(crate) const HIDDEN: &str = "••••••";

/// How many words before a number may call it an order …
const ORDER_WITHIN: usize = 3;
/// … unless one of this many calls it a code.
const CODE_WITHIN: usize = 4;
/// Stems of words that call a number something other than a code: orders, invoices, parcels.
const ORDERS: &[&str] = &[
    "order",
    "invoice",
    "parcel",
    "shipment",
    "tracking",
    "заказ",
    "счёт",
    "счет",
    "накладн",
    "посылк",
    "замовлен",
    "bestell",
    "auftrag",
    "rechnung",
    "sendung",
    "commande",
    "facture",
    "colis",
    "pedido",
    "factura",
    "ordine",
    "fattura",
    "encomenda",
    "zamówieni",
    "faktur",
    "sipariş",
    "注文",
    "订单",
    "訂單",
    "주문",
    "ऑर्डर",
    "طلب",
    "سفارش",
];
/// Stems of words that call it a code after all.
const CODES: &[&str] = &[
    "code",
    "passcode",
    "password",
    "kod",
    "код",
    "парол",
    "passwort",
    "kennwort",
    "codigo",
    "código",
    "contraseña",
    "codice",
    "senha",
    "hasło",
    "şifre",
    "コード",
    "码",
    "碼",
    "코드",
    "कोड",
    "رمز",
    "کد",
];
/// The same, as whole words.
const SHORT_CODES: &[&str] = &["pin", "otp", "tan", "пин", "смс", "sms"];

/// Returns the text with its codes hidden; `None` if it has none.
pub(super) fn hide(text: &str) -> Option<String> {
    let before = |code: &CodeLike| text.get(..code.range.start).unwrap_or_default();
    let hidden: Vec<CodeLike> = codes_in(text)
        .into_iter()
        .filter(|code| code.form != CodeForm::Short || !is_called_an_order(before(code)))
        .collect();
    if hidden.is_empty() {
        return None;
    }
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for code in hidden {
        out.push_str(text.get(at..code.range.start).unwrap_or_default());
        out.push_str(HIDDEN);
        at = code.range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Some(out)
}

/// Returns whether the text before a number, in its line and since the previous number, says that it is not a code.
fn is_called_an_order(before: &str) -> bool {
    let since = before.rsplit(|c: char| c == '\n' || decimal(c).is_some()).next();
    let since = since.unwrap_or_default();
    let words: Vec<String> = since
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .rev()
        .take(CODE_WITHIN)
        .map(str::to_lowercase)
        .collect();
    let any = |within: usize, stems: &[&str]| {
        words.iter().take(within).any(|word| stems.iter().any(|stem| is_of(word, stem)))
    };
    if any(CODE_WITHIN, CODES) || words.iter().any(|word| SHORT_CODES.contains(&&**word)) {
        return false;
    }
    any(ORDER_WITHIN, ORDERS) || since.trim_end().ends_with(['#', '№'])
}

/// Returns whether a word begins with a stem; some scripts do not separate words.
fn is_of(word: &str, stem: &str) -> bool {
    word.starts_with(stem) || (!stem.is_ascii() && word.contains(stem))
}
