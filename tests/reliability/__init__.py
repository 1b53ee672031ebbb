"""What Skein promises of its reliability and security, tried on the real server from the outside.

Every promise, and the tests that hold it. Without a path, a test stands in this directory; `jobs`, `server`, `workers`,
`compat`, `images` are directories below `tests/engine`, `api` is one below `tests/engine/server`. Longer versions:
`python -m benchmarks reliability`; with `--check` it, and `python -m benchmarks server`, end with status 1 if a promise
is missed, also those that no test can hold: figures.

Nothing accepted is lost
    a 200 means that it is on disk, 100 random kills       test_nothing_lost: ten_kills; benchmarks reliability
    queued jobs in order after a restart, the interrupted  test_nothing_lost: an_orderly_end; workers/test_recovery
        one first and marked
    three deaths on the same job fail it                   test_nothing_lost: takes_the_server_with_it
    SIGTERM and SIGINT: park, exit 0 in 15 s               test_nothing_lost: an_orderly_end
    output files appear whole or not at all                test_nothing_lost: ten_kills, disk_for_results; tests/
                                                           engine/test_files
    no shared ids; repeated ones idempotent or refused     test_nothing_lost: share_an_id; jobs/test_store
    a second start leaves the first alone                  server/test_serving: a_second_server; jobs/test_database
    full and read-only disks fail what needed them         test_nothing_lost: disk_for_results, disk_for_jobs;
                                                           jobs/test_writer
    integrity, versions, damaged files set aside           test_nothing_lost: ten_kills, damaged_database;
                                                           jobs/test_database, jobs/test_schema
Nothing stops it
    no node can stop the server                            test_nodes; workers/test_process; compat/test_loader
    the next prompt runs, others see nothing               test_nodes: others_see_nothing, and after every death
    an interrupt acts, or the worker is replaced           test_nodes: nobody_obeys, never_ends; workers/test_runs;
                                                           server/test_real_runs: a_run_is_interrupted
    big requests are refused before they cost              test_large
    chains and fans of 10,000 run                          test_large: a_chain_and_a_fan
    no request blocks others                               server/test_heavy; test_crowd: large_requests; server/
                                                           test_long_queue, test_preferences, test_listings;
                                                           api/test_assets; benchmarks reliability blocking
    10,000 queued prompts, in order, listed whole and by   server/test_long_queue; server/test_queue: a_long_queue;
        pages; one more costs no more                      api/test_jobs
    slow and half-open clients                             test_crowd; server/test_connection, test_stalls,
                                                           test_security
    1,000 clients, 100 that never read                     test_crowd: all_who_listen; benchmarks reliability
    two sockets with one id, reconnects                    server/test_websocket: two_connections, who_comes_back;
                                                           api/test_events: cut_anywhere
    memory and handles flat                                benchmarks reliability
Every bad input gets a clear answer
    bodies                                                 test_requests: bad_bodies; server/test_bodies
    fields of wrong types                                  test_requests: fields_of_any_type; server/test_prompts
    graphs                                                 server/test_prompts; tests/test_bad_input
    files                                                  test_large; tests/test_bad_input; images/test_codec
    parameters of every route                              test_requests: bad_words; api/test_conformance
    every reply parses strictly                            test_nodes: strict_json
    no directories of this machine, no tracebacks          workers/test_failure_records; server/test_log_ring;
                                                           server/test_protocol
Nobody gets in
    loopback: hosts, origins, sites                        test_requests: strangers; server/test_gate
    elsewhere: the token                                   test_requests: open_to_others; server/test_gate
    names stay in their directory                          test_requests: names_outside; test_names; tests/engine/
                                                           test_files; server/test_files, test_uploads, test_userdata
    uploads never run in the page                          test_names: uploads; server/test_files, test_userdata
    settings and userdata stay readable                    server/test_preferences, server/test_userdata
    no pickle is executed                                  tests/test_bad_input: a_pickle
    secrets are nowhere                                    test_large: secrets; jobs/test_history
"""
