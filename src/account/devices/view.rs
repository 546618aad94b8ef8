//! A session as a row in the list of devices.

use crate::{
    clock::Timestamp,
    domain::{
        format::{self, Zone},
        ids::SessionId,
        session::Listed,
        user_agent::DeviceKind,
    },
    http::{context::RequestContext, flash::Flash},
    i18n::Texts,
    islands::{DeviceIcon, DeviceView, Moment},
    state::AppState,
};

/// The reader of the list.
pub(super) struct Reader {
    state: AppState,
    texts: Texts,
    zone: Zone,
}

impl Reader {
    pub(super) fn of(request: &RequestContext, texts: Texts) -> Self {
        Self { state: request.state.clone(), texts, zone: request.zone() }
    }

    pub(super) fn device(&self, session: Listed, own: &SessionId, flash: &Flash) -> DeviceView {
        let t = self.texts.devices();
        let is_own = session.id == *own;
        let is_active = is_own || session.is_active(self.state.clock.now());
        let place = match self.state.geo.place(self.texts.0, &session.network) {
            Some(place) => t.place(place, &session.network),
            None => t.network(&session.network),
        };
        DeviceView {
            icon: match DeviceKind::parse(&session.user_agent) {
                DeviceKind::Phone => DeviceIcon::Phone,
                DeviceKind::Tablet => DeviceIcon::Tablet,
                DeviceKind::Computer => DeviceIcon::Computer,
                DeviceKind::Unknown => DeviceIcon::Unknown,
            },
            browser: format::browser(self.texts.0, &session.user_agent),
            place,
            is_own,
            seen: (!is_active).then(|| self.moment(session.seen_at)),
            since: self.moment(session.created_at),
            typed: self.typed(&session, flash),
            name: session.name,
            id: session.id.to_string(),
        }
    }

    fn moment(&self, at: Timestamp) -> Moment {
        format::date_moment(self.texts.0, &self.zone, at)
    }

    /// Returns what was typed as the name before the form was returned, and what is wrong with it. A saved name leaves
    /// the form closed.
    fn typed(&self, session: &Listed, flash: &Flash) -> Option<(String, Option<String>)> {
        let is_this = flash.notice.is_none() && flash.typed("id").as_deref() == Some(&*session.id);
        let typed = flash.typed("name").filter(|_| is_this)?;
        let error = flash.error.as_ref().and_then(|error| error.beside("name", self.texts.0));
        Some((typed, error))
    }
}
