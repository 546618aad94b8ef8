//! `/operator/numbers`: how we are doing.

use leptos::prelude::*;

use crate::{
    components::layout::Width,
    i18n::{self, Locale},
    operator::{
        service::numbers::{self, DAYS, Numbers},
        store,
    },
    server::{
        clock::{Millis, SECOND},
        http::{
            context::Cx,
            page::{Page, PageError},
        },
        when::{self, Zone},
    },
    ui::console::{ConsolePlace, console_frame},
};

/// A bar with its gap, the chart's height, and room below it.
const STEP: i64 = 20;
const HEIGHT: i64 = 80;

/// `/operator/numbers`
pub async fn show(mut cx: Cx) -> Result<Page, PageError> {
    let staff = cx.staff_page().await?;
    store::seen(&cx.app.db, &staff.account.id, cx.app.clock.now()).await?;
    let numbers = numbers::read(&cx.app).await?;
    let locale = cx.locale;
    let title = i18n::console::numbers(locale);
    let view = move || {
        use i18n::operator as t;
        let content = view! {
            <div class="stack">
                <h1>{title}</h1>
                <p class="quiet">{t::numbers_about(locale, DAYS)}</p>
                <dl class="tiles">{tiles(&numbers, locale)}</dl>
                {days(&numbers, locale)}
            </div>
        };
        console_frame(locale, ConsolePlace::Numbers, &staff, content).into_any()
    };
    Ok(Page { width: Width::Account, form: false, ..Page::new(title, view) })
}

fn tiles(numbers: &Numbers, locale: Locale) -> impl IntoView + use<> {
    use i18n::operator as t;
    let span = |millis: Option<Millis>| {
        millis.map_or_else(|| "–".to_owned(), |millis| when::span(locale, millis / SECOND))
    };
    let longest = numbers.longest.map(|wait| t::longest(locale, span(Some(wait))));
    let percent = numbers.solved_percent();
    let tiles = [
        (t::number_waiting(locale), numbers.waiting.to_string(), longest, None),
        (
            t::number_median(locale),
            span(numbers.median),
            Some(t::of_answers(locale, count(numbers.answers))),
            None,
        ),
        (t::number_p90(locale), span(numbers.p90), None, None),
        (
            t::number_solved(locale),
            percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent} %")),
            Some(t::of_closed(locale, numbers.closed)),
            percent,
        ),
    ];
    tiles
        .map(|(name, value, more, share)| {
            let meter = share.map(|share| {
                view! {
                    <svg class="chart" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
                        <rect class="rest" x="0" y="0" width="100" height="6"></rect>
                        <rect class="bar" x="0" y="0" width=share height="6"></rect>
                    </svg>
                }
            });
            view! {
                <div class="card">
                    <dt class="quiet">{name}</dt>
                    <dd><b>{value}</b>{meter}<span class="quiet small">{more}</span></dd>
                </div>
            }
        })
        .collect_view()
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Conversations a day: bars, and the same as a table for whoever does not see them.
fn days(numbers: &Numbers, locale: Locale) -> impl IntoView + use<> {
    use i18n::operator as t;
    let utc = Zone::default();
    let most = numbers.days.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    let bars = numbers
        .days
        .iter()
        .zip(0..)
        .map(|((_, count), number)| {
            let height = count * HEIGHT / most;
            view! { <rect class="bar" x=number * STEP + 2 y=HEIGHT - height width=STEP - 4 height=height></rect> }
        })
        .collect_view();
    let rows = numbers
        .days
        .iter()
        .map(|(day, count)| {
            view! { <tr><th scope="row">{when::date(locale, &utc, *day)}</th><td>{*count}</td></tr> }
        })
        .collect_view();
    let total: i64 = numbers.days.iter().map(|(_, count)| count).sum();
    let width = count(numbers.days.len()) * STEP;
    view! {
        <section class="card stack" aria-labelledby="days">
            <h2 id="days">{t::days_title(locale)}</h2>
            <svg class="chart" viewBox=format!("0 0 {width} {HEIGHT}") role="img" aria-label=t::days_text(locale, total, most)>
                {bars}
            </svg>
            <details class="more">
                <summary>{t::days_table(locale)}</summary>
                <table>
                    <thead><tr><th scope="col">{t::day(locale)}</th><th scope="col">{t::conversations(locale)}</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </details>
        </section>
    }
}
