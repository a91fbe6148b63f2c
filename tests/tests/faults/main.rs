//! What goes wrong with machines: processes that are killed, databases that restart, fail over or have no room. Whatever
//! was said to be done is there once, nothing is done twice, numbers have no gap, lists say what the journal says.

mod asking;
mod changes;
mod heard;
mod lives;
mod restarts;
mod servers;
mod truth;

/// Something that can run what is asynchronous.
fn executor(threads: usize) -> tokio::runtime::Runtime {
    let executor = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    executor.expect("an executor")
}
