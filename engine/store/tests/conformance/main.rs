//! What every back end must do: one suite, run on SQLite and on PostgreSQL. A bug of the store is fixed by a new case
//! here.

#![allow(clippy::unwrap_used)]

mod access;
mod appending;
mod backups;
mod between;
mod builders;
mod concurrency;
mod depots;
mod formats;
mod indexes;
mod keeping;
mod keys;
mod lists;
mod long_lists;
mod opening;
mod projections;
mod rebuilding;
mod recording;
mod remembering;
mod replaying;
mod sealing;
mod statistics;
mod tenants;
mod unknown;
mod verifying;
mod work;
mod world;

/// Names tests once; they run on both back ends. With `$depot` documents lie outside.
macro_rules! on_both {
    ($sqlite:ident, $postgres:ident, $depot:expr; $($area:ident: $($test:ident),+ $(,)?;)+) => {
        mod $sqlite {
            $(mod $area {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    crate::world::on_sqlite($depot, |world| Box::pin(crate::$area::$test(world))).await;
                }
            )+})+
        }
        mod $postgres {
            $(mod $area {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    crate::world::on_postgres($depot, |world| Box::pin(crate::$area::$test(world))).await;
                }
            )+})+
        }
    };
}

// Whatever has to do with documents, with these in a folder.
on_both! {
    on_sqlite_in_a_folder, on_postgres_in_a_folder, Some(crate::world::Folder::new());
    opening:
        what_is_closed_is_opened_again, a_killed_process_loses_nothing;
    access:
        blobs_are_kept_once;
    verifying:
        a_sound_store_is_clean;
    backups:
        a_backup_holds_everything, a_busy_store_is_backed_up;
    sealing:
        what_a_case_holds_is_sealed, an_erased_case_is_found_nowhere,
        a_document_goes_with_the_last_case_that_holds_it, an_older_copy_brings_nothing_back;
    keeping:
        what_is_kept_is_counted_and_limited;
    depots:
        documents_that_no_turn_takes_go, an_erased_case_takes_no_document,
        documents_lie_outside, damage_outside_is_named, the_folder_must_be_the_right_one,
        a_folder_that_goes_away_is_not_taken_for_empty, documents_are_moved,
        a_backup_is_whole_with_or_without_documents;
}

on_both! {
    on_sqlite, on_postgres, None;
    opening:
        what_is_closed_is_opened_again, a_killed_process_loses_nothing, a_newer_format_is_refused,
        a_closed_store_says_so, a_lost_connection_heals, two_stores_migrate_at_once, the_database_tells_its_size;
    appending:
        turns_are_read_back, a_taken_version_is_a_conflict, a_command_is_carried_out_once, a_batch_chains,
        a_failed_link_drops_those_behind, numbers_have_no_gaps, a_turn_can_be_too_large,
        a_turn_can_be_too_deep, misuse_is_refused,
        what_is_not_stored_leaves_no_trace, the_authority_has_its_own_stream, large_batches_are_stored_whole;
    replaying:
        a_snapshot_and_later_turns_equal_a_full_replay, a_case_is_read_at_any_moment, snapshots_are_limited,
        a_damaged_snapshot_is_passed_over, a_missing_turn_is_named, every_event_survives,
        a_long_case_loads_as_a_short_one, a_snapshot_of_another_format_is_written_anew;
    formats:
        what_was_written_before_is_read_and_stays, a_newer_format_waits_for_the_last_older_server,
        whoever_ends_well_is_not_waited_for, who_only_reads_the_newer_format_leaves_the_way_back_open,
        one_of_both_gives_way, an_older_program_works_on_tables_that_are_compatible, a_backup_keeps_the_formats;
    projections:
        every_change_is_written, random_changes_end_as_in_a_model, odd_texts_are_kept;
    lists:
        the_inbox_is_filtered, the_inbox_is_sorted_and_paged, a_page_goes_on_where_it_ended, tasks_are_counted,
        cases_are_found, cases_are_sorted, deadlines_incidents_and_post_are_listed, limits_are_named,
        what_is_frequent_is_found, counting_ends;
    long_lists:
        a_long_inbox_is_as_a_short_one;
    indexes:
        lists_are_read_along_their_indexes;
    statistics:
        what_happens_is_counted, wrong_counts_are_found_and_mended, counts_outlive_cases;
    work:
        timers_come_due, a_timer_is_postponed, effects_are_leased, effects_are_leased_when_they_are_stored,
        an_effect_that_cannot_be_read_holds_up_no_other, a_lease_runs_out, a_lease_is_given_back,
        what_was_abandoned_is_given_back, an_effect_that_is_done_is_gone, two_owners_never_share,
        what_came_due_lately_is_looked_through_alone;
    between:
        messages_come_to_a_case_in_their_order, a_message_finds_who_waits, a_message_is_kept_until_somebody_waits, a_kept_message_gets_another_key_or_goes, one_message_each_one_receiver,
        a_message_that_cannot_be_taken_goes_on, a_message_that_cannot_be_read_holds_up_no_other, a_signal_reaches_all, a_message_begins_a_case,
        what_was_sent_goes_in_order, subscribing_and_publishing_never_miss_each_other;
    access:
        blobs_are_kept_once, passwords_are_kept, sessions_come_and_go, tokens_come_and_go;
    tenants:
        nobody_sees_what_is_anothers, the_same_ids_mean_different_things, tenants_are_listed;
    rebuilding:
        a_rebuild_writes_the_same, a_rebuild_keeps_leases, a_rebuild_touches_one_tenant;
    remembering:
        what_is_remembered_holds_while_nobody_else_was_here, what_is_remembered_hides_nothing,
        a_case_that_begins_takes_one_key,
        what_others_have_stored_is_seen, what_was_lost_is_not_gone_on_from;
    recording:
        what_ran_runs_again, a_batch_is_few_ways_to_the_server;
    verifying:
        a_sound_store_is_clean, every_damage_is_named, a_report_goes_on_after_a_finding;
    concurrency:
        many_writers_on_one_case, many_writers_on_many_cases, many_nodes, a_busy_store_is_verified;
    backups:
        a_backup_holds_everything, a_busy_store_is_backed_up, what_is_there_is_not_written_over;
    sealing:
        what_a_case_holds_is_sealed, an_erased_case_is_found_nowhere, an_erased_case_reads_erased,
        nothing_comes_into_a_case_that_is_erased, many_ask_for_an_erased_case_at_once,
        a_document_goes_with_the_last_case_that_holds_it, numbers_of_erased_cases_stay_drawn,
        an_older_copy_brings_nothing_back, keys_that_are_missing_are_named,
        a_reserve_is_on_the_disk_before_it_is_used, days_are_signed, every_change_is_found_without_a_key,
        an_erasure_is_proven_without_a_key, a_document_that_is_gone_is_named,
        what_is_wrong_with_keys_and_certificates_is_named;
    keys:
        only_its_own_keys_open_a_database, older_keys_will_do_when_that_is_said, who_begins_nothing_makes_nothing,
        a_restore_that_fails_leaves_no_keys, lost_keys_are_brought_back, an_erasure_that_only_a_copy_knows_is_taken_over, keys_that_were_lost_are_written_again,
        an_empty_database_takes_no_ledger;
    keeping:
        ended_cases_are_found_by_their_day, what_is_recorded_is_found_and_made_anew,
        what_is_kept_is_counted_and_limited;
    depots:
        documents_that_no_turn_takes_go, an_erased_case_takes_no_document, what_a_crash_leaves_is_swept_up,
        whoever_takes_long_loses_nothing, a_depot_that_is_away_is_waited_for,
        a_depot_that_was_begun_is_begun_with_anew;
    unknown:
        an_unknown_commit_is_looked_up, no_key_is_drawn_from_what_was_lost;
}
