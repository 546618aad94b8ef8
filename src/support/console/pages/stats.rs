//! The statistics page.

use axum::response::Response;
use leptos::prelude::*;

use crate::{
    clock::{Duration, Timestamp},
    components::{layout::Title, page::page},
    domain::format::{self, Zone},
    http::{context::RequestContext, extract::StaffUser, flash::Flash, page_error::PageError},
    i18n::use_texts,
    support::console::{
        ConsoleLayout, ConsolePlace,
        service::stats::{self, DAYS, Stats},
        store,
    },
};

/// The width of a bar with its gap, and the chart's height.
const STEP: i64 = 20;
const HEIGHT: i64 = 80;

/// `GET /operator/stats`
pub(in crate::support::console) async fn stats(
    StaffUser(staff): StaffUser,
    request: RequestContext,
) -> Result<Response, PageError> {
    store::seen(&request.state.db, &staff.account.id, request.state.clock.now()).await?;
    let stats = stats::read(&request.state).await?;
    let is_admin = staff.is_admin();
    Ok(page(request, Flash::default(), move || view! { <StatsPage stats is_admin/> }))
}

/// `/operator/stats`
#[component]
pub(super) fn StatsPage(stats: Stats, is_admin: bool) -> impl IntoView {
    let t = use_texts();
    let Stats { days, .. } = stats.clone();
    view! {
        <Title text=t.console().numbers()/>
        <ConsoleLayout place=ConsolePlace::Stats is_admin>
            <div class="stack">
                <h1>{t.console().numbers()}</h1>
                <p class="quiet">{t.operator().numbers_about(DAYS)}</p>
                <dl class="tiles"><Tiles stats/></dl>
                <Days days/>
            </div>
        </ConsoleLayout>
    }
}

#[component]
fn Tiles(stats: Stats) -> impl IntoView {
    let t = use_texts().operator();
    let span = |duration: Option<Duration>| {
        duration.map_or_else(|| "–".to_owned(), |duration| format::duration(t.0, duration))
    };
    let longest = stats.longest.map(|wait| t.longest(span(Some(wait))));
    let percent = stats.solved_percent();
    let solved = percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent} %"));
    let answers = t.of_answers(count(stats.answers));
    view! {
        <Tile name=t.number_waiting() value=stats.waiting.to_string() more=longest/>
        <Tile name=t.number_median() value=span(stats.median) more=Some(answers)/>
        <Tile name=t.number_p90() value=span(stats.p90) more=None/>
        <Tile name=t.number_solved() value=solved more=Some(t.of_closed(stats.closed)) share=percent/>
    }
}

#[component]
fn Tile(
    name: &'static str,
    value: String,
    more: Option<String>,
    /// A percentage, shown as a bar.
    #[prop(optional_no_strip)]
    share: Option<i64>,
) -> impl IntoView {
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
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Conversations per day: bars, and the same as a table for users who cannot see them.
#[component]
fn Days(days: Vec<(Timestamp, i64)>) -> impl IntoView {
    let t = use_texts().operator();
    let utc = Zone::default();
    let most = days.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    let total: i64 = days.iter().map(|(_, count)| count).sum();
    let width = count(days.len()) * STEP;
    let bars = days.iter().zip(0..).map(|((_, count), number)| {
        let height = count * HEIGHT / most;
        view! {
            <rect class="bar" x=number * STEP + 2 y=HEIGHT - height width=STEP - 4 height=height></rect>
        }
    });
    let bars = bars.collect_view();
    let rows = days.iter().map(|(day, count)| {
        view! { <tr><th scope="row">{format::date(t.0, &utc, *day)}</th><td>{*count}</td></tr> }
    });
    let rows = rows.collect_view();
    view! {
        <section class="card stack" aria-labelledby="days">
            <h2 id="days">{t.days_title()}</h2>
            <svg
                class="chart" viewBox=format!("0 0 {width} {HEIGHT}") role="img"
                aria-label=t.days_text(total, most)
            >
                {bars}
            </svg>
            <details class="more">
                <summary>{t.days_table()}</summary>
                <table>
                    <thead>
                        <tr><th scope="col">{t.day()}</th><th scope="col">{t.conversations()}</th></tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </details>
        </section>
    }
}
