//! Codes are hidden before anything is stored, and order numbers are not; and nobody can guess a code that way.

use super::{begin, begin_about, last_stored, send, staffed, stored};
use crate::{
    server::conversations::HIDDEN,
    tests::{
        browser::Browser,
        harness::{PASSWORD, TestApp, both},
    },
};

/// What becomes of a message.
async fn kept(t: &TestApp, browser: &mut Browser, message: &str) -> String {
    let nonce = t.app.random.id(t.now());
    send(browser, message, &nonce).await;
    t.wait(crate::server::clock::MINUTE);
    last_stored(t).await
}

both!(whatever_looks_like_a_code_is_hidden_where_no_account_is_known, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    let page = begin(&mut browser, "My code is 123456, what now?").await;
    page.says(&format!("My code is {HIDDEN}, what now?"));
    page.says("Never send us a code");
    for hidden in [
        "123456",
        "123 456",
        "123-456",
        "12 34 56",
        "1 2 3 4 5 6",
        "１２３４５６",
        "٠١٢٣٤٥",
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
    ] {
        assert_eq!(kept(&t, &mut browser, kept_as_it_is).await, kept_as_it_is);
    }
    assert_eq!(
        kept(&t, &mut browser, "123456 123456\n654321").await,
        format!("{HIDDEN} {HIDDEN}\n{HIDDEN}")
    );
    // The rest of a text stays what it is, in any script.
    assert_eq!(
        kept(&t, &mut browser, "Код: 123456 — не подходит 🙁").await,
        format!("Код: {HIDDEN} — не подходит 🙁")
    );
});

both!(owner_has_codes_hidden_and_order_numbers_left_alone, |t| {
    staffed(&t).await;
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    begin(&mut browser, "Hello").await;
    // A recovery in another browser, a code from within, a new address: each has a code of its own.
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

    // Once it has expired it opens nothing.
    t.wait(crate::server::clock::HOUR);
    assert_eq!(kept(&t, &mut browser, &recovery).await, recovery);
    // A saved code has a form that nothing else has.
    assert_eq!(kept(&t, &mut browser, "0Z3K-8P2M-77AB-9QRS").await, HIDDEN);
    assert_eq!(kept(&t, &mut browser, "0Z3K-8P2M-77AB").await, "0Z3K-8P2M-77AB");
});

both!(claimed_account_has_its_codes_hidden_too, |t| {
    staffed(&t).await;
    t.account("anna").await;
    let mut browser = t.browser();
    begin_about(&mut browser, "Hello", "anna@mail.example").await;
    browser.ask_for_code("anna").await;
    let code = t.code("anna@mail.example", "recovery-code").await;
    assert_eq!(kept(&t, &mut browser, &code).await, HIDDEN);
    // The code that confirms where answers are announced is one as well.
    browser.submit("/api/support_email", &[("email", "me@mail.example")]).await;
    let code = t.code("me@mail.example", "confirm-address").await;
    assert_eq!(kept(&t, &mut browser, &code).await, HIDDEN);
});

both!(hiding_is_no_way_to_guess_a_code, |t| {
    staffed(&t).await;
    t.account("anna").await;
    let mut browser = t.browser();
    begin_about(&mut browser, "Hello", "anna").await;
    browser.ask_for_code("anna").await;
    let code = t.code("anna@mail.example", "recovery-code").await;
    let guesses: Vec<String> =
        (0..40).map(|n| format!("{n:06}")).filter(|guess| *guess != code).collect();
    let answer = kept(&t, &mut browser, &guesses.join(", ")).await;
    let compared = answer.split(", ").filter(|guess| *guess != HIDDEN).count();
    assert_eq!(compared, 20, "as many as a code may be typed wrongly in a day");
    // What is over is not counted on: a message full of numbers would keep everybody else from writing.
    const COUNTED: &str = "SELECT MAX(count) FROM throttles WHERE key LIKE 'codes-compared%'";
    assert_eq!(t.number(COUNTED).await, 21);
    // From then on right and wrong ones look the same, in this conversation and in any other about this name.
    assert_eq!(kept(&t, &mut browser, "999999").await, HIDDEN);
    let mut another = t.browser().on_network(7);
    begin_about(&mut another, "Hello", "anna").await;
    assert_eq!(kept(&t, &mut another, "999999").await, HIDDEN);

    // Under another of its names nothing is compared any more: nothing shows that the names belong together.
    let mut address = t.browser().on_network(8);
    begin_about(&mut address, "Hello", "anna@mail.example").await;
    assert_eq!(kept(&t, &mut address, "999999").await, "999999");
    assert_eq!(kept(&t, &mut address, &code).await, code);

    // The owner, signed in, has a count of her own.
    let mut owner = t.browser();
    owner.sign_in("anna", PASSWORD).await;
    begin(&mut owner, "It is me.").await;
    assert_eq!(kept(&t, &mut owner, "Order 999999").await, "Order 999999");
    t.browser().ask_for_code("anna").await;
    let code = t.code("anna@mail.example", "recovery-code").await;
    assert_eq!(kept(&t, &mut owner, &code).await, HIDDEN);
});

both!(an_account_that_nobody_has_looks_like_any_other, |t| {
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
