//! Password hashing: Argon2id (RFC 9106) on a bounded number of threads, each with memory that it keeps between hashes.

mod memory;
mod queue;

pub use memory::blocks;
#[cfg(test)]
pub(crate) use queue::Queue;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time,
};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;
use tokio::sync::oneshot;

#[cfg(not(test))]
use self::queue::Queue;
use crate::{
    clock::{Clock, Duration, Timestamp, seconds},
    random::Random,
};

/// Memory in KiB, passes, lanes (OWASP password storage cheat sheet).
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const OUTPUT: usize = 32;
/// The most that a stored hash may require: a tampered row must not make the server allocate gigabytes.
const MEMORY_MAX: u32 = 262_144;
const PASSES_MAX: u32 = 16;

/// How long a request waits for its turn.
const QUEUE_TIMEOUT: time::Duration = time::Duration::from_secs(2);
/// How many results per thread are delivered together while other requests wait. A hash goes through 38 MB, so what
/// runs after it finds cold caches: delivering several at once warms them once. It delays a result by at most the time
/// of eight hashes, and not at all when nothing waits.
const ANSWERS_AT_ONCE: usize = 8;
/// After how long unused memory is freed.
const IDLE: Duration = seconds(30);

/// Why no hash was made.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub enum HashError {
    /// All threads were busy for as long as a request waits: 503 and Retry-After.
    #[error("the password hashing queue is full")]
    Busy,
    /// The stored hash is invalid, or Argon2 refused its parameters.
    #[error("a stored password hash cannot be used")]
    Unusable,
}

/// The result of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The password is the right one.
    pub matches: bool,
    /// It was hashed with other parameters than the current ones and should be rehashed.
    pub outdated: bool,
}

/// The bounded pool of hashing threads.
#[derive(Clone)]
pub struct Hasher {
    pool: Arc<Mutex<Pool>>,
    threads: usize,
    clock: Clock,
    random: Random,
    /// The hash of a random, unknown password: compared with when there is no account, so that both cases take the same
    /// time (ASVS 6.3.8).
    decoy: Arc<str>,
}

/// The waiting jobs, the number of running threads, the results not yet delivered, and the memory that no thread uses
/// at present.
#[derive(Default)]
struct Pool {
    jobs: Queue<Job>,
    running: usize,
    answers: Vec<Answer>,
    memory: Vec<CachedMemory>,
}

type Work = Box<dyn FnOnce(&mut Vec<Block>) -> Option<Answer> + Send>;
/// Delivers a result to the request that waits for it.
type Answer = Box<dyn FnOnce() + Send>;

struct Job {
    /// The network whose turn it takes.
    network: String,
    /// Set by whichever comes first: the thread that runs the job, or the request that stops waiting.
    taken: Arc<AtomicBool>,
    /// Runs to its end on its thread even if the client disconnects: its thread and memory stay in use until then.
    work: Work,
}

struct CachedMemory {
    blocks: Vec<Block>,
    since: Timestamp,
}

impl Hasher {
    /// Creates a pool of `threads` (one per core is best: more only slows each down).
    #[must_use]
    pub fn new(threads: usize, clock: Clock, random: Random) -> Self {
        let output = Output::new(&random.bytes::<OUTPUT>());
        let decoy =
            output.ok().and_then(|output| phc(output, &random.bytes::<16>())).unwrap_or_default();
        Self { pool: Arc::default(), threads: threads.max(1), clock, random, decoy: decoy.into() }
    }

    /// Hashes a newly chosen password for a user in `network`; returns the PHC string.
    ///
    /// # Errors
    /// [`HashError::Busy`] when no thread comes free in time.
    pub async fn hash(&self, password: &SecretString, network: &str) -> Result<String, HashError> {
        let salt: [u8; 16] = self.random.bytes();
        let password = password.clone();
        self.run(params()?, network, move |argon2, memory| {
            let mut output = [0; OUTPUT];
            argon2
                .hash_password_into_with_memory(
                    password.expose_secret().as_bytes(),
                    &salt,
                    &mut output,
                    memory,
                )
                .map_err(|_| HashError::Unusable)?;
            Output::new(&output)
                .ok()
                .and_then(|output| phc(output, &salt))
                .ok_or(HashError::Unusable)
        })
        .await?
    }

    /// Compares a password, typed in `network`, with a stored hash, or with a decoy if there is none: both take the
    /// same time, and the decoy never matches.
    ///
    /// # Errors
    /// [`HashError::Busy`] when no thread comes free in time; [`HashError::Unusable`] when the stored hash is invalid.
    pub async fn verify(
        &self,
        password: &SecretString,
        stored: Option<&str>,
        network: &str,
    ) -> Result<Verification, HashError> {
        let exists = stored.is_some();
        let stored =
            PasswordHash::new(stored.unwrap_or(&self.decoy)).map_err(|_| HashError::Unusable)?;
        let theirs = Params::try_from(&stored).map_err(|_| HashError::Unusable)?;
        if stored.algorithm.as_str() != Algorithm::Argon2id.as_str()
            || theirs.m_cost() > MEMORY_MAX
            || theirs.t_cost() > PASSES_MAX
        {
            return Err(HashError::Unusable);
        }
        let ours = params()?;
        let outdated = (theirs.m_cost(), theirs.t_cost(), theirs.p_cost())
            != (ours.m_cost(), ours.t_cost(), ours.p_cost());
        let password = password.clone();
        let (Some(salt), Some(expected)) = (stored.salt, stored.hash) else {
            return Err(HashError::Unusable);
        };
        let matches = self
            .run(theirs, network, move |argon2, memory| {
                let mut output = [0; Output::MAX_LENGTH];
                let output =
                    output.get_mut(..expected.as_ref().len()).ok_or(HashError::Unusable)?;
                argon2
                    .hash_password_into_with_memory(
                        password.expose_secret().as_bytes(),
                        &salt,
                        output,
                        memory,
                    )
                    .map_err(|_| HashError::Unusable)?;
                Ok(bool::from(output.ct_eq(expected.as_ref())))
            })
            .await??;
        Ok(Verification { matches: matches && exists, outdated })
    }

    /// Returns a stored hash that no password matches: its output is random.
    ///
    /// # Errors
    /// [`HashError::Unusable`], which the parameters of this program never cause.
    pub fn void(&self) -> Result<String, HashError> {
        let (salt, output): ([u8; 16], [u8; OUTPUT]) = (self.random.bytes(), self.random.bytes());
        Output::new(&output).ok().and_then(|output| phc(output, &salt)).ok_or(HashError::Unusable)
    }

    /// Frees memory that has not been used for a while.
    pub fn release_idle(&self) {
        let now = self.clock.now();
        lock(&self.pool).memory.retain(|kept| now - kept.since < IDLE);
    }

    /// Returns how many passwords wait to be hashed or verified, including abandoned ones.
    #[must_use]
    pub fn waiting(&self) -> usize {
        lock(&self.pool).jobs.len()
    }

    async fn run<T: Send + 'static>(
        &self,
        params: Params,
        network: &str,
        work: impl FnOnce(&Argon2<'_>, &mut [Block]) -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let needed = params.block_count();
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let (answer, mut answered) = oneshot::channel();
        let taken = Arc::new(AtomicBool::new(false));
        self.submit(Job {
            network: network.to_owned(),
            taken: Arc::clone(&taken),
            work: Box::new(move |blocks| {
                if answer.is_closed() {
                    return None;
                }
                if blocks.len() < needed {
                    *blocks = memory::blocks(needed);
                }
                let result = work(&argon2, blocks.get_mut(..needed).unwrap_or_default());
                Some(Box::new(move || drop(answer.send(result))))
            }),
        });
        let result = match tokio::time::timeout(QUEUE_TIMEOUT, &mut answered).await {
            Ok(result) => result,
            Err(_) if !taken.swap(true, Ordering::AcqRel) => return Err(HashError::Busy),
            Err(_) => answered.await,
        };
        result.map_err(|_| HashError::Unusable)
    }

    /// Queues a job. A thread that has finished one takes the next from the queue itself, so that no core waits for
    /// another thread to be woken.
    fn submit(&self, mut job: Job) {
        let mut pool = lock(&self.pool);
        let network = std::mem::take(&mut job.network);
        pool.jobs.push(network, job);
        if pool.running < self.threads {
            pool.running += 1;
            let worker = Worker {
                pool: Arc::clone(&self.pool),
                at_once: self.threads * ANSWERS_AT_ONCE,
                clock: self.clock.clone(),
            };
            tokio::task::spawn_blocking(move || worker.run());
        }
    }
}

/// One of the threads, for as long as there is work.
struct Worker {
    pool: Arc<Mutex<Pool>>,
    /// How many results of all threads are delivered together.
    at_once: usize,
    clock: Clock,
}

impl Worker {
    fn run(&self) {
        let mut blocks = lock(&self.pool).memory.pop().map(|kept| kept.blocks).unwrap_or_default();
        let mut answer = None;
        while let Some(job) = self.next(answer.take(), &mut blocks) {
            if job.taken.swap(true, Ordering::AcqRel) {
                continue;
            }
            // A panic loses one result, not the thread's place in the count.
            let work = AssertUnwindSafe(|| (job.work)(&mut blocks));
            answer = catch_unwind(work).unwrap_or_else(|_| {
                tracing::error!("hashing panicked");
                None
            });
        }
    }

    /// Adds a result to those to be delivered next, delivers them when it is time, and returns the next job. When there
    /// is none, this thread is removed from the count under the same lock, so that a job that arrives now starts
    /// another thread.
    fn next(&self, answer: Option<Answer>, blocks: &mut Vec<Block>) -> Option<Job> {
        let mut pool = lock(&self.pool);
        pool.answers.extend(answer);
        // A request that no longer waits takes no turn.
        let job = pool.jobs.pop(|job| !job.taken.load(Ordering::Acquire));
        // With an empty queue there is no reason to hold results back.
        let due = pool.jobs.is_empty() || pool.answers.len() >= self.at_once;
        let answers = if due { std::mem::take(&mut pool.answers) } else { Vec::new() };
        if job.is_none() {
            pool.running -= 1;
            let kept = CachedMemory { blocks: std::mem::take(blocks), since: self.clock.now() };
            pool.memory.push(kept);
        }
        drop(pool);
        for answer in answers {
            answer();
        }
        job
    }
}

fn lock(pool: &Mutex<Pool>) -> MutexGuard<'_, Pool> {
    pool.lock().unwrap_or_else(PoisonError::into_inner)
}

fn params() -> Result<Params, HashError> {
    Params::new(MEMORY, PASSES, LANES, Some(OUTPUT)).map_err(|_| HashError::Unusable)
}

fn phc(hash: Output, salt: &[u8]) -> Option<String> {
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params().ok()?).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(hash),
    };
    Some(hash.to_string())
}
