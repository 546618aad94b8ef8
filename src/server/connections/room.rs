//! Places for connections, and which connection is closed to free one.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ipnet::IpNet;

use super::{Limits, watch::Watch};
use crate::domain::client::network;

/// All places for connections.
#[derive(Clone)]
pub(super) struct Room(Arc<Places>);

struct Places {
    taken: Mutex<Taken>,
    most: usize,
    share: usize,
    proxies: Vec<IpNet>,
}

#[derive(Default)]
struct Taken {
    number: u64,
    by: HashMap<u64, Seat>,
}

struct Seat {
    /// None for a proxy, which has no share.
    network: Option<String>,
    watch: Arc<Watch>,
}

impl Room {
    pub fn new(limits: &Limits) -> Self {
        Self(Arc::new(Places {
            taken: Mutex::default(),
            most: limits.most,
            share: limits.share,
            proxies: limits.proxies.clone(),
        }))
    }

    /// Returns a place for a connection from `ip`. When all places, or all of its network's share, are taken, the
    /// connection that has been idle longest is closed; returns `None` when all are busy.
    pub fn enter(&self, ip: IpAddr) -> Option<Place> {
        let ip = ip.to_canonical();
        let is_proxy = self.0.proxies.iter().any(|proxy| proxy.contains(&ip));
        let network = (!is_proxy).then(|| network(ip));
        let mut taken = self.0.taken();
        if network.is_some() {
            let own = |seat: &Seat| seat.network == network;
            if taken.by.values().filter(|seat| own(seat)).count() >= self.0.share {
                taken.make_room(own)?;
            }
        }
        if taken.by.len() >= self.0.most {
            taken.make_room(|_| true)?;
        }
        let watch = Arc::new(Watch::new());
        taken.number += 1;
        let number = taken.number;
        taken.by.insert(number, Seat { network, watch: Arc::clone(&watch) });
        Some(Place { room: Arc::clone(&self.0), number, watch })
    }
}

impl Places {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn make_room(&mut self, among: impl Fn(&Seat) -> bool) -> Option<()> {
        let spare = self.by.iter().filter(|(_, seat)| among(seat));
        let spare = spare.filter_map(|(number, seat)| Some((seat.watch.spare_since()?, *number)));
        let (_, longest) = spare.min()?;
        self.by.remove(&longest)?.watch.leave();
        Some(())
    }
}

/// One place, freed when it is dropped.
pub(super) struct Place {
    room: Arc<Places>,
    number: u64,
    watch: Arc<Watch>,
}

impl Place {
    pub fn watch(&self) -> &Arc<Watch> {
        &self.watch
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.room.taken().by.remove(&self.number);
    }
}
