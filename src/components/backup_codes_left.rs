use leptos::prelude::*;

use super::{alert::Alert, layout::use_request};
use crate::{
    domain::{
        backup_codes::{self, CodesLeft},
        format,
    },
    i18n::use_texts,
};

/// After a password change: the backup codes that the account still has, if any, with a link to make new ones.
#[component]
pub(crate) fn BackupCodesLeft(codes_left: CodesLeft) -> impl IntoView {
    let t = use_texts().backup_codes();
    let zone = use_request().zone();
    let CodesLeft { remaining, made_at } = codes_left;
    made_at.map(|at| {
        let left = t.still_good(remaining, format::date(t.0, &zone, at));
        view! {
            <Alert>
                <p>{left}" "{t.still_good_why()}" "<a href=backup_codes::PAGE>{t.replace()}</a></p>
            </Alert>
        }
    })
}
