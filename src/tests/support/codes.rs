//! Codes are hidden before anything is stored, order numbers are not, and nobody can test a code this way.

use super::{begin, begin_about, last_stored, send, staffed, stored};
use crate::{
    support::conversation::HIDDEN,
    tests::{
        browser::{Answer, Browser},
        harness::{PASSWORD, TestApp, db_test},
        nobody_learns::visible,
    },
};

/// Sends a message, and returns what is stored of it.
async fn kept(t: &TestApp, browser: &mut Browser, message: &str) -> String {
    let nonce: String = t.state.random.id(t.now());
    send(browser, message, &nonce).await;
    t.advance(crate::clock::MINUTE);
    last_stored(t).await
}

db_test!(whatever_looks_like_a_code_is_hidden_where_no_account_is_known, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    let page = begin(&mut browser, "My code is 123456, what now?").await;
    page.assert_text(&format!("My code is {HIDDEN}, what now?"));
    page.assert_text("Never send us a code");
    for hidden in [
        "123456",
        "123 456",
        "123-456",
        "12 34 56",
        "1 2 3 4 5 6",
        "１２３４５６",
        "٠١٢٣٤٥",
        "۱۲۳۴۵۶",
        "१२३४५६",
        "123\u{2011}456",
        "12\u{200b}34\u{200e}56",
        "0Z3K-8P2M-77AB",
        "0z3k–8p2m–77ab",
        "0Z3K 8P2M 77AB",
        "0Z3K8P2M77AB",
        "ABCD-EFGH-JKMN",
        "0Z3K-8P2M-77AB-9QRS",
        "0Z3K 8P2M 77AB 9QRS",
        "0Z3K8P2M77AB9QRS",
    ] {
        let message = format!("Here: {hidden}. Thanks");
        assert_eq!(kept(&t, &mut browser, &message).await, format!("Here: {HIDDEN}. Thanks"));
    }
    for kept_as_it_is in [
        "Order 1234567 of 21.11.2026, 12:34:56",
        "call +7 912 345 67 89 or 030-1234567",
        "order AB123456 and X-1234-5678",
        "this will work from then till 2027 with love",
        "from 2019 till 2020 that long",
        "registration and Hypertension",
        "1234-567890-12",
        "https://shop.example/orders/12345678",
        "Order 123456",
        "my order no. 123456, please",
        "the order number is 123 456",
        "#123456 and order: #654321",
        "Где мой заказ № 123456?",
        "номер заказа: 123456",
        "注文番号123456です",
    ] {
        assert_eq!(kept(&t, &mut browser, kept_as_it_is).await, kept_as_it_is);
    }
    assert_eq!(
        kept(&t, &mut browser, "123456 123456\n654321").await,
        format!("{HIDDEN} {HIDDEN}\n{HIDDEN}")
    );
    for (message, left) in [
        ("order 111111, code 222222", "order 111111, code ••••••"),
        ("order 111111\n222222", "order 111111\n••••••"),
        ("Order 111111 222222", "Order 111111 ••••••"),
        ("the code of my order 222222", "the code of my order ••••••"),
        ("order code: #222222", "order code: #••••••"),
        ("код заказа № 222222", "код заказа № ••••••"),
        ("コードは222222です", "コードは••••••です"),
        ("order 0Z3K-8P2M-77AB", "order ••••••"),
    ] {
        assert_eq!(kept(&t, &mut browser, message).await, left);
    }
    // The rest of a text is unchanged, in any script.
    assert_eq!(
        kept(&t, &mut browser, "Код: 123456 — не подходит 🙁").await,
        format!("Код: {HIDDEN} — не подходит 🙁")
    );
});

db_test!(owner_has_codes_hidden_and_order_numbers_left_alone, |t| {
    staffed(&t).await;
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    begin(&mut browser, "Hello").await;
    // A recovery in another browser, a code within the account, a new address: each has a code of its own.
    t.browser().ask_for_code("anna").await;
    let recovery = t.code("anna@mail.example", "recovery-code").await;
    let other = if recovery == "111111" { "222222" } else { "111111" };
    let message = format!("Order {other}: is it {recovery}?");
    assert_eq!(kept(&t, &mut browser, &message).await, format!("Order {other}: is it {HIDDEN}?"));
    let told = stored(&t).await.pop().expect("a message");
    assert_eq!(told, ("system".to_owned(), "code_hidden".to_owned()));
    let spaced = format!("{} {}", &recovery[..3], &recovery[3..]);
    assert_eq!(kept(&t, &mut browser, &spaced).await, HIDDEN);

    browser.prove(PASSWORD).await;
    browser.submit("/api/email", &[("email", "new@mail.example")]).await;
    let change = t.code("new@mail.example", "confirm-address").await;
    assert_eq!(kept(&t, &mut browser, &change).await, HIDDEN);

    // Whether the code is still valid makes no difference.
    t.advance(crate::clock::HOUR);
    assert_eq!(kept(&t, &mut browser, &recovery).await, HIDDEN);
    // A backup code has a format that nothing else has, and so does a long code.
    assert_eq!(kept(&t, &mut browser, "0Z3K-8P2M-77AB-9QRS").await, HIDDEN);
    assert_eq!(kept(&t, &mut browser, "0Z3K-8P2M-77AB").await, HIDDEN);
});

db_test!(claimed_account_has_its_codes_hidden_too, |t| {
    staffed(&t).await;
    t.account("anna").await;
    let mut browser = t.browser();
    begin_about(&mut browser, "Hello", "anna@mail.example").await;
    browser.ask_for_code("anna").await;
    let code = t.code("anna@mail.example", "recovery-code").await;
    assert_eq!(kept(&t, &mut browser, &code).await, HIDDEN);
    // The code that confirms the address for announcements of answers counts as well.
    browser.submit("/api/support_email", &[("email", "me@mail.example")]).await;
    let code = t.code("me@mail.example", "confirm-address").await;
    assert_eq!(kept(&t, &mut browser, &code).await, HIDDEN);
});

/// Returns an answer with the written numbers replaced.
fn shown(answer: &Answer, numbers: &[String]) -> (u16, Vec<(String, String)>, String) {
    let (status, headers, words) = visible(answer, "no such words");
    (status, headers, numbers.iter().fold(words, |words, number| words.replace(number, "NUMBER")))
}

/// Returns everything that a writer sees after messages with these numbers.
async fn written(
    browser: &mut Browser,
    numbers: &[String],
) -> Vec<(u16, Vec<(String, String)>, String)> {
    let mut seen = Vec::new();
    let messages = [
        numbers.join(", "),
        numbers.iter().map(|number| format!("Order {number}\n")).collect(),
        numbers.iter().map(|number| format!("{} {}\n", &number[..3], &number[3..])).collect(),
        format!("Order {0}: is it {0}?", numbers[3]),
    ];
    for (nonce, message) in messages.iter().enumerate() {
        let answer = send(browser, message, &format!("nonce{nonce}")).await;
        seen.push(shown(&answer, numbers));
        let json = browser.clone().json();
        let fields = [("message", message.as_str()), ("nonce", &format!("json{nonce}"))];
        let answer = json.clone().post("/api/support_send", &fields).await;
        seen.push(shown(&answer, numbers));
        seen.push(shown(&browser.get("/support").await, numbers));
    }
    seen
}

db_test!(a6_6_3_twenty_numbers_beside_live_codes_show_nothing_of_them, |t| {
    staffed(&t).await;
    t.account("anna").await;
    // Valid at the same time: two recoveries, and the code of a reauthentication.
    let mut live = Vec::new();
    for network in [1, 2] {
        t.browser().on_network(network).ask_for_code("anna").await;
        live.push(t.code("anna@mail.example", "recovery-code").await);
        t.advance(crate::clock::MINUTE);
    }
    let mut session = t.browser();
    session.sign_in("anna", PASSWORD).await;
    session.submit("/api/confirm_email", &[]).await;
    live.push(t.code("anna@mail.example", "recovery-code").await);
    let free = (100_000..).map(|number: u32| number.to_string());
    let mut wrong: Vec<String> = free.filter(|number| !live.contains(number)).take(40).collect();
    let other = wrong.split_off(20);
    let beside: Vec<String> = wrong.iter().take(17).chain(&live).cloned().collect();

    // A stranger who names the account, by either of its names, or a non-existent one; and a thief with its session.
    let mut stolen = t.browser();
    stolen.set_cookie("session", &session.cookie("session").expect("a session"));
    for (about, writer) in [
        ("anna", t.browser().on_network(3)),
        ("anna@mail.example", t.browser().on_network(4)),
        ("nobody", t.browser().on_network(5)),
        ("", t.browser().on_network(6)),
        ("", stolen),
    ] {
        let mut seen = Vec::new();
        for numbers in [&beside, &other] {
            let mut browser = writer.clone();
            begin_about(&mut browser, "Hello", about).await;
            let pages = written(&mut browser, numbers).await;
            // Nor does the text that the staff reads reveal anything.
            let texts: Vec<String> = stored(&t)
                .await
                .into_iter()
                .map(|(_, text)| {
                    numbers.iter().fold(text, |text, number| text.replace(number, "NUMBER"))
                })
                .collect();
            assert_eq!(texts.iter().filter(|text| text.contains("NUMBER")).count(), 4, "{texts:?}");
            seen.push((pages, texts));
            let mut tx = t.state.db.begin().await.expect("a transaction");
            for table in ["DELETE FROM messages", "DELETE FROM conversations"] {
                tx.execute(table, crate::args![]).await.expect("done");
            }
            tx.commit().await.expect("a commit");
        }
        assert_eq!(seen[0], seen[1], "{about}");
    }
    // The codes still work.
    const TRIED: &str = "SELECT COUNT(*) FROM codes WHERE tries > 0";
    assert_eq!(t.number(TRIED).await, 0);
    session.submit("/api/confirm_code", &[("code", &live[2])]).await;
    assert_eq!(t.number("SELECT COUNT(*) FROM codes WHERE state = 'used'").await, 1);
});

db_test!(an_account_that_nobody_has_looks_like_any_other, |t| {
    staffed(&t).await;
    t.account("anna").await;
    let mut seen = Vec::new();
    for (network, name) in [(1, "anna"), (2, "nobody")] {
        let mut browser = t.browser().on_network(network);
        begin_about(&mut browser, "Order 123456", name).await;
        let mut texts = vec![last_stored(&t).await];
        for number in 0..25 {
            texts.push(kept(&t, &mut browser, &format!("{}", 900_000 + number)).await);
        }
        seen.push(texts);
    }
    assert_eq!(seen[0], seen[1]);
});
