//! The page: the order of the browsers, the steps for each, and the addresses to paste.

use super::{AGENTS, CHROME, hints};
use crate::{
    domain::user_agent::System as S,
    tests::{
        browser::Answer,
        harness::{PASSWORD, db_test},
    },
};

const YANDEX: &str = AGENTS[5].0;

/// Returns the browsers on the page in their order, each with whether it is open and its content.
fn shown(page: &Answer) -> Vec<(String, bool, String)> {
    let details = page.body.split("<details").skip(1);
    details
        .map(|rest| {
            let (tag, rest) = rest.split_once('>').expect("a tag");
            let inside = rest.split("</details>").next().unwrap_or_default();
            let (_, heading) = inside.split_once("<h2>").expect("a heading");
            let name = heading.split("</h2>").next().unwrap_or_default();
            let name = name.replace("<!>", "").trim().to_owned();
            (name, tag.contains(" open"), inside.to_owned())
        })
        .collect()
}

/// Returns where a part of the page begins.
#[track_caller]
fn at(page: &str, part: &str) -> usize {
    page.find(part).unwrap_or_else(|| panic!("{part} is not in {page}"))
}

db_test!(own_browser_comes_first_and_open, |t| {
    for (text, browser, system) in AGENTS {
        let mut asking = t.browser();
        asking.headers.push(("user-agent", text.to_owned()));
        let page = asking.get("/help/saved-passwords").await;
        let shown = shown(&page);
        assert_eq!(shown.len(), 7, "{text}");
        let open: Vec<&str> =
            shown.iter().filter(|(_, open, _)| *open).map(|(name, ..)| name.as_str()).collect();
        assert_eq!(open, [browser.name()], "{text}");
        assert_eq!(shown[0].0, browser.name(), "{text}");
        page.assert_text(&format!("You seem to use {} on {}", browser.name(), system.name()));
        // The steps for the reader's system come before the others.
        let inside = &shown[0].2;
        let here = match system {
            S::Android => "On Android",
            S::IPhone | S::IPad => "On iPhone and iPad",
            _ => "On a computer",
        };
        let first = inside.split_once("<h3>").expect("a heading").1;
        assert!(first.starts_with(here), "{text}: {}", &first[..40.min(first.len())]);
    }
});

db_test!(client_hints_win_on_the_page, |t| {
    let mut asking = t.browser();
    asking.headers.push(("user-agent", CHROME.to_owned()));
    let brands = r#""Not_A Brand";v="8", "Chromium";v="142", "YaBrowser";v="25.12""#;
    asking.headers.extend(hints(brands, r#""Linux""#, "?0"));
    let page = asking.get("/help/saved-passwords").await;
    page.assert_text("You seem to use Yandex Browser on Linux");
    assert_eq!(shown(&page)[0].0, "Yandex Browser");
});

db_test!(unknown_browsers_see_the_whole_list, |t| {
    for text in ["", "curl/8.5.0", "<script>alert(1)</script>"] {
        let mut asking = t.browser();
        asking.headers.push(("user-agent", text.to_owned()));
        let page = asking.get("/help/saved-passwords").await;
        page.assert_text("Please find it in this list");
        let shown = shown(&page);
        assert!(shown.iter().all(|(_, open, _)| !open));
        let names: Vec<&str> = shown.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(
            names,
            ["Chrome", "Yandex Browser", "Firefox", "Safari", "Edge", "Opera", "Samsung Internet"]
        );
        assert!(!page.body.contains("alert(1)"));
    }
});

db_test!(addresses_to_paste_are_there, |t| {
    let page = t.browser().get("/help/saved-passwords").await;
    for address in [
        "chrome://password-manager/passwords",
        "chrome://password-manager/settings",
        "browser://passwords",
        "about:logins",
        "about:preferences#privacy-logins",
        "edge://settings/autofill/passwords",
        "opera://password-manager/passwords",
        "opera://password-manager/settings",
    ] {
        page.assert_text(address);
        assert!(page.body.contains(&format!("aria-label=\"Copy {address}\"")), "{address}");
        // There is no link to such an address: browsers would not follow it.
        assert!(!page.body.contains(&format!("href=\"{address}")), "{address}");
    }
    // Elements that are useless without script are hidden without it.
    let tags = page.body.split("<button").filter_map(|rest| rest.split('>').next());
    let tags: Vec<&str> = tags.filter(|tag| tag.contains("aria-label=\"Copy ")).collect();
    assert!(tags.len() >= 8 && tags.iter().all(|tag| tag.contains("needs-script")), "{tags:?}");
    assert!(page.body.matches("Copied").count() >= tags.len(), "each says that it is done");
});

db_test!(every_browser_has_both_tasks_and_the_right_entry_is_named, |t| {
    let page = t.browser().get("/help/saved-passwords").await;
    let shown = shown(&page);
    let mut places = 0;
    for (name, _, inside) in &shown {
        for place in inside.split("<h3>").skip(1) {
            places += 1;
            let steps = place.split("</ol>").next().unwrap_or_default();
            assert_eq!(steps.matches("<li>").count(), 3, "{name}");
            assert!(steps.contains("localhost"), "{name}: the list knows us by our host");
            assert!(at(steps, "To update:") < at(steps, "To delete:"), "{name}");
            assert!(!steps.contains("<li></li>"), "{name}: a step says nothing");
        }
    }
    assert_eq!(places, 3 + 3 + 3 + 2 + 3 + 3 + 1);
    page.assert_text("On a shared computer");
});

db_test!(russian_page_is_russian, |t| {
    let mut asking = t.browser();
    asking.headers.push(("user-agent", YANDEX.to_owned()));
    let page = asking.get("/help/saved-passwords?lang=ru").await;
    page.assert_text("Похоже, у вас Яндекс Браузер на Windows");
    page.assert_text("«Пароли и карты»");
    page.assert_text("«Google Менеджер паролей»");
    // Only names of products and addresses are in Latin letters.
    let names: Vec<&str> = "Android Chrome Edge Firefox Google Internet Mac Opera Pass Safari \
        Samsung Wallet Windows iPad iPhone localhost"
        .split_whitespace()
        .collect();
    let (_, main) = page.body.split_once("<main").expect("a main part");
    let (_, main) = main.split_once('>').expect("a tag");
    let main = main.split("</main>").next().unwrap_or_default().to_owned();
    let words = Answer { body: main, ..page }.words();
    let left: Vec<&str> = words
        .split_whitespace()
        .filter(|word| !word.contains("://") && !word.starts_with("about:"))
        .flat_map(|word| word.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.chars().any(|c| c.is_ascii_alphabetic()))
        .filter(|word| !names.contains(word))
        .collect();
    assert!(left.is_empty(), "{left:?}");
});

db_test!(account_shows_the_same_within_its_frame, |t| {
    let stranger = t.browser().get("/account/saved-passwords").await;
    assert_eq!(
        (stranger.status.as_u16(), stranger.location()),
        (302, "/sign-in?next=%2Faccount%2Fsaved-passwords")
    );
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    browser.headers.push(("user-agent", AGENTS[10].0.to_owned()));
    let page = browser.get("/account/saved-passwords").await;
    page.assert_text("You seem to use Firefox on Android");
    assert_eq!(shown(&page)[0].0, "Firefox");
    let here = page.body.split("<a ").find(|link| link.contains("aria-current"));
    let tag = here.and_then(|link| link.split('>').next()).unwrap_or_default();
    assert!(tag.contains("href=\"/account/saved-passwords\""), "{tag}");
    assert_eq!(page.body.matches("<h1").count(), 1);
    // A signed-in user may read the public page, too.
    browser.get("/help/saved-passwords").await.assert_text("On a shared computer");
});
