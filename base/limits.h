// Every size, count and time that has a limit, with its reason. Nothing else in the project states one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace touchstone::limits {

// --- Bytes of the log -------------------------------------------------------------------------------------------------

/// An entry. Entry bundles of tlog-tiles frame each entry with a 16-bit length.
inline constexpr size_t kMaxEntryBytes = 65'535;

/// Leaves of a Merkle tree: up to here the power of two above any index fits 64 bits, and a path has at most 63 hashes.
inline constexpr uint64_t kMaxTreeSize = uint64_t{1} << 63;

/// Tiles that a reader of hashes keeps expanded, at most 16 KiB each: the proofs of one batch touch a few neighbours.
inline constexpr size_t kMaxExpandedTiles = 64;

/// A signed envelope at admission. Leaves room for the entry's own fields under kMaxEntryBytes.
inline constexpr size_t kMaxEnvelopeBytes = 65'000;

/// Signatures on one event. The largest real case is a root quorum; each costs a verification before any rule runs.
inline constexpr int kMaxSignatures = 16;

/// Siblings in the path of a batch signature: 2^32 events under one signature is more than any device makes.
inline constexpr int kMaxBatchPathHashes = 32;

// --- Fields of events -------------------------------------------------------------------------------------------------

/// The nonce that makes two otherwise equal events differ. Exact.
inline constexpr size_t kNonceBytes = 16;

/// The salt of a withheld value: as hard to guess as a key. Exact.
inline constexpr size_t kSaltBytes = 32;

/// A name, title, reference or note shown to people: fits a line or two on a phone.
inline constexpr size_t kMaxTextBytes = 256;

/// An identifier given by others (licence number, seal, serial).
inline constexpr size_t kMaxReferenceBytes = 64;

/// Inputs, outputs, components, lots in one event. Bounds the work of one decision to well under a millisecond.
inline constexpr int kMaxItemsPerEvent = 256;

/// Keys, roles, documents, scopes listed by one event.
inline constexpr int kMaxListedPerEvent = 32;

/// Licences, attestations, keys, offices, claims and assays that one record lists: a century of yearly visits and more.
/// It bounds what one decision reads and writes.
inline constexpr int kMaxListedPerRecord = 1'024;

/// Keys that a log has replaced: every decision reads their list with the ledger's record. One a year lasts longer than
/// most ledgers, and a successor begins anew.
inline constexpr int kMaxFormerLogKeys = 64;

/// Holds and disputes on one lot or piece: more parties than ever had a say in one.
inline constexpr int kMaxHolds = 32;

/// Parties met when owners and parents are followed: bounds what one decision reads. A group of companies is smaller.
inline constexpr size_t kMaxLinkedParties = 256;

/// Productions that undetermined material may come from before it is assayed.
inline constexpr int kMaxSources = 64;

/// Samples of a lot that is still to be assayed, which are determined with it: seller's, buyer's, umpire's, and
/// reserves.
inline constexpr int kMaxSamples = 16;

/// Earlier holders that a lot remembers: gold that goes in a circle does so in fewer steps.
inline constexpr int kMaxPastParties = 8;

/// Owners whose metal one pool may hold together.
inline constexpr int kMaxAccountOwners = 256;

/// Counters of a device that may be missing before the lowest are given up.
inline constexpr int kMaxMissingCounters = 64;

/// Corners of a site polygon.
inline constexpr int kMaxPolygonPoints = 128;

/// How far the outline of a site reaches either way, in 10^-7 degrees: 44 km at the equator, more than any works of a
/// ledger of small mines. It bounds the cells of the grid in which a site is found again to 5 x 5.
inline constexpr int32_t kMaxOutlineSpanE7 = 4'000'000;

/// How many other sites that share ground with one are found on one event. More would tell an auditor nothing new.
inline constexpr size_t kMaxOverlapsFound = 8;

/// Gross mass of one lot or output: 1,000 t in mg. Times 10^6 ppm it stays below 2^63 ng.
inline constexpr uint64_t kMaxGrossMg = 1'000'000'000'000;

/// Ore and tailings, dry, in mg: 9,000 t, under the same 64-bit product with a grade in mg/t.
inline constexpr uint64_t kMaxOreMg = 9'000'000'000'000;

/// Fineness is a fraction of one in parts per million.
inline constexpr uint32_t kMaxPpm = 1'000'000;

/// An event may claim to have happened this far ahead of the log's clock: a phone's clock is allowed to be off.
inline constexpr int64_t kMaxOccurredAheadUs = 10LL * 60 * 1'000'000;

/// The earliest time an event may claim, 2000-01-01T00:00:00Z in Unix microseconds: catches a clock that was never set.
inline constexpr int64_t kMinOccurredAtUs = 946'684'800LL * 1'000'000;

/// The latest time an entry may bear, the end of the year 9999 in Unix microseconds: whatever an entry says, the times
/// that rules compute from it stay within 64 bits.
inline constexpr int64_t kMaxRecordedAtUs = 253'402'300'799LL * 1'000'000;

// --- The log's clock --------------------------------------------------------------------------------------------------

/// A wall clock further behind the last entry stops writes: it would freeze recorded_at for that long.
inline constexpr int64_t kMaxClockBehindUs = 5LL * 1'000'000;

/// A wall clock that moved this much against the monotonic one jumped, and stops writes until an operator looks.
inline constexpr int64_t kMaxClockJumpUs = 60LL * 1'000'000;

// --- Group commit -----------------------------------------------------------------------------------------------------

/// Events in one synced batch: about 15 ms of storage work, so that a receipt's wait stays under its 50 ms.
inline constexpr size_t kMaxBatchEvents = 2'048;

/// Events from which on a batch is committed by a thread of its own while the next one is decided. Below it the sync
/// costs more than what could be done meanwhile, and what comes meanwhile is better off in one batch than in two.
inline constexpr size_t kMinOverlappedEvents = 64;

/// Bytes of entries in one synced batch.
inline constexpr size_t kMaxBatchBytes = size_t{8} << 20;

/// Events waiting for the sequencer. Beyond it submitters are told to come back: memory stays bounded.
inline constexpr size_t kMaxQueuedEvents = 16'384;

/// Bytes of events waiting for the sequencer.
inline constexpr size_t kMaxQueuedBytes = size_t{64} << 20;

/// Free space on the data volume below which admission stops, before a commit could fail for want of it.
inline constexpr uint64_t kMinFreeBytes = uint64_t{256} << 20;

// --- Parking ----------------------------------------------------------------------------------------------------------

/// Events that wait for what they name, and their bytes. All are read when a node starts: well under a second.
inline constexpr size_t kMaxParkedEvents = 8'192;
inline constexpr size_t kMaxParkedBytes = size_t{32} << 20;

/// Those that one party signed: a season's work of a phone that is read from the wrong end. A party with no more room
/// is refused as it would be without parking, and nobody else is: it takes 32 of them to fill the node.
inline constexpr size_t kMaxParkedEventsPerParty = 256;
inline constexpr size_t kMaxParkedBytesPerParty = size_t{1} << 20;

/// How long an event waits: a week, so that the phone of a mine far from any network comes to a market day.
inline constexpr int64_t kMaxParkedAgeUs = 7LL * 86'400 * 1'000'000;

/// How often a node without work looks for events that have waited too long, or that a full disk held up.
inline constexpr int64_t kParkingSweepMs = 60'000;

/// The key and the record of one parked event: its envelope and what was said about it.
inline constexpr size_t kMaxParkedKeyBytes = 64;
inline constexpr size_t kMaxParkedRecordBytes = size_t{128} << 10;

// --- gRPC -------------------------------------------------------------------------------------------------------------

/// A request: a SubmitBatch of kMaxEventsPerCall ordinary events, with room to spare.
inline constexpr int kMaxRequestBytes = 16 << 20;

/// Events in one SubmitBatch or one SubmitStream message.
inline constexpr int kMaxEventsPerCall = 1'024;

/// Events of one stream that may be under way at once, and their bytes, before the server stops reading.
inline constexpr size_t kMaxStreamWindow = 4'096;
inline constexpr size_t kMaxStreamWindowBytes = size_t{16} << 20;

/// Page sizes of list methods.
inline constexpr int kDefaultPageSize = 100;
inline constexpr int kMaxPageSize = 1'000;

/// A page token, which names the last key of a page.
inline constexpr size_t kMaxPageTokenBytes = 512;

/// How long a graceful stop waits for calls under way.
inline constexpr int64_t kDrainTimeoutMs = 10'000;

/// How long a refused submitter is asked to wait (RetryInfo): a full queue drains in about that time.
inline constexpr int64_t kRetryDelayMs = 250;

/// Events whose form and signatures are being checked at once, and their bytes: some seconds of work of all cores.
inline constexpr size_t kMaxAdmittingEvents = 16'384;
inline constexpr size_t kMaxAdmittingBytes = size_t{64} << 20;

/// Claims that one page of ListClaims looks at, whatever it keeps of them: some milliseconds of work.
inline constexpr size_t kMaxClaimsPerPage = 4'096;

/// Refusals that one page of ListRefusals looks at, and the bytes that it gathers: some tens of milliseconds of work,
/// and under the 4 MiB that clients accept.
inline constexpr size_t kMaxRefusalsPerPage = 4'096;
inline constexpr size_t kMaxRefusalPageBytes = size_t{2} << 20;

/// Entries, or findings, that one page of ListEvents or ListFindings looks at, and the bytes of entries that it
/// gathers: some tens of milliseconds of work, and with each event both as it was signed and decoded under the 4 MiB
/// that clients accept.
inline constexpr size_t kMaxEventsPerPage = 4'096;
inline constexpr size_t kMaxEventPageBytes = size_t{1} << 20;

/// One message of StreamEntries: large enough to be cheap, small enough to be received under the usual 4 MiB.
inline constexpr uint64_t kMaxChunkEntries = 256;
inline constexpr size_t kMaxChunkBytes = size_t{1} << 20;

/// One message of GetBundle.
inline constexpr size_t kBundleChunkBytes = size_t{64} << 10;

/// Traces, verdicts and bundles under way or waiting at once. Each may take a tenth of a second and some megabytes.
inline constexpr int kMaxReadsUnderWay = 256;

/// Watches of claims that a node serves at once, the claims of each, and those of all together: each is judged again
/// after new entries, mostly within a millisecond.
inline constexpr size_t kMaxWatches = 64;
inline constexpr int kMaxClaimsPerWatch = 256;
inline constexpr size_t kMaxWatchedClaims = 1'024;

/// How long verdicts may be behind the log, so that what is recorded meanwhile is judged once. Also how often a claim
/// that nobody's entries concern costs anything.
inline constexpr int64_t kWatchIntervalMs = 1'000;

/// Messages that a client of a watch may leave unread: every claim and pack twice over.
inline constexpr size_t kMaxUnreadVerdicts = 1'024;

/// A configuration file, a trust file, a certificate: text that people write.
inline constexpr size_t kMaxConfigBytes = size_t{1} << 20;

/// Threads that check signatures and answer reads; more than any machine this runs on has cores.
inline constexpr int kMaxThreads = 256;

/// What an operator may set: a cache that fits any machine's memory, and a stop that ends.
inline constexpr uint64_t kMaxBlockCacheMib = uint64_t{1} << 20;
inline constexpr int64_t kMaxShutdownGraceMs = 600'000;

// --- HTTP -------------------------------------------------------------------------------------------------------------

/// Connections of the gateway, each with a thread of its own: within the usual 1,024 descriptors of a process beside
/// the database's files. Whoever comes beyond them hears 503 at once.
inline constexpr size_t kMaxHttpConnections = 256;

/// Request line and headers together: twice what browsers and proxies send, and few enough to be read for strangers.
inline constexpr size_t kMaxHttpHeadBytes = size_t{16} << 10;

/// The request line, and each header field: what the library that reads the line accepts.
inline constexpr size_t kMaxHttpLineBytes = 8'192;

/// A request's body: JSON with as many policy packs as one may name, in base64, or one event.
inline constexpr size_t kMaxHttpBodyBytes = size_t{1} << 20;

/// How long a connection may say nothing between two requests, before another can have its place.
inline constexpr int64_t kHttpIdleMs = 15'000;

/// How long a request's head, and then its body, may take from their first byte on: a phone on a bad line needs less,
/// and who sends a byte now and then to hold a connection gets no more.
inline constexpr int64_t kHttpHeadMs = 10'000;
inline constexpr int64_t kHttpBodyMs = 30'000;

/// How long an answer may take to be read: so long, and what its bytes take at this rate, a slow mobile network's.
inline constexpr int64_t kHttpAnswerMs = 30'000;
inline constexpr int64_t kMinHttpBytesPerMs = 8;

/// What is still read of a connection that is given up, and for how long, so that its client reads why rather than a
/// reset.
inline constexpr size_t kMaxHttpLingerBytes = size_t{1} << 20;
inline constexpr int64_t kHttpLingerMs = 1'000;

/// Connections that the system keeps for the accept loop: all that may come while it starts a thread.
inline constexpr int kHttpBacklog = 512;

/// Requests of one connection, after which its client connects again: so that load spreads again now and then.
inline constexpr size_t kMaxHttpRequestsPerConnection = 10'000;

/// Tiles and entry bundles kept as they are sent, compressed ones too: what a crowd of readers asks for at once.
inline constexpr size_t kHttpCacheBytes = size_t{64} << 20;

/// How long caches may keep a checkpoint, in seconds: tlog-tiles asks for a few.
inline constexpr int kCheckpointMaxAgeS = 5;

/// A tile or an entry bundle as a file: as many entries as fit, of the largest size.
inline constexpr size_t kMaxTileFileBytes = 256 * (2 + 65'535);

/// Calls that wait for the witnesses at once: each holds a call's memory and no thread.
inline constexpr size_t kMaxCosignedWaits = 4'096;

// --- Admission --------------------------------------------------------------------------------------------------------

/// Batch signatures that are remembered as good, twice over: those of the batches that devices are sending just now.
inline constexpr size_t kMaxKnownBatches = 4'096;

// --- Deciding ---------------------------------------------------------------------------------------------------------

/// Records of parties, keys, sites, licences and attestations that a view keeps parsed: many times what a batch
/// names, and a bound for replays of long logs, which would otherwise hold every one of them twice.
inline constexpr size_t kMaxRecordsKeptParsed = 65'536;

/// What a draft that serves many decisions may take up before it is begun anew, their longer texts not counted, which
/// come to about as much again: the records of some ten thousand events, among which the next ones find most of what
/// they name.
inline constexpr size_t kMaxDraftBytes = size_t{32} << 20;

// --- Lineage and bundles ----------------------------------------------------------------------------------------------

/// Lots visited by one trace or evaluation: the largest supported ancestry, with room above the 10,000 aimed at.
inline constexpr size_t kMaxTraceLots = 100'000;

/// Inputs listed over all lots of one trace. What comes out of a work account lists all that was ever charged, so that
/// a few lots may have very many: some 100 MB of names.
inline constexpr size_t kMaxTraceInputs = 1'000'000;

/// Lots upstream of a whole parcel that one check looks at, so that it answers within a second.
inline constexpr size_t kMaxCheckedAncestry = 20'000;

/// What a check lists of each lot: sources, papers of a kind for each of them, findings, and reasons of each verdict.
/// More than anybody reads at a gate; what decides is judged on all.
inline constexpr size_t kMaxSourcesPerCheck = 64;
inline constexpr int kMaxPapersPerSource = 32;
inline constexpr int kMaxFindingsPerCheck = 256;
inline constexpr int kMaxVerdictReasonsPerCheck = 32;

/// Sources that do not qualify of which a verdict on blended gold says why: more than anybody reads. A pool may have
/// thousands, and the share that does not qualify counts them all.
inline constexpr size_t kMaxDisqualifiedSources = 32;

/// Entries of a lot's history in which a check looks for findings: the newest.
inline constexpr size_t kMaxHistoryPerCheck = 256;

/// The base of a claim's address: with the rest it fits a QR code that a phone reads from a small label.
inline constexpr size_t kMaxLinkBaseBytes = 96;

/// The text of a policy pack: rules and where they come from, on some pages.
inline constexpr size_t kMaxPolicyBytes = size_t{64} << 10;

/// Packs of the asker's own in one request: each is parsed, and walks the whole ancestry.
inline constexpr int kMaxOwnPolicies = 4;

/// How old a policy pack may let an observation be, in days: a century, which in microseconds stays within 64 bits.
inline constexpr uint32_t kMaxAgeDays = 36'525;

/// Entries since a claim was made after each of which it is judged again, to tell which of them turned it. Each takes
/// as long as a verdict; more annulments, distrusted keys and corrections than this bear on few claims.
inline constexpr size_t kMaxTurnsJudged = 64;

/// Entries in one bundle, and its bytes: what a phone can download and check.
inline constexpr size_t kMaxBundleEntries = 200'000;
inline constexpr size_t kMaxBundleBytes = size_t{256} << 20;

// --- Notes ------------------------------------------------------------------------------------------------------------

/// A signed note (C2SP signed-note asks for at least 16 signatures).
inline constexpr size_t kMaxNoteBytes = 1'000'000;
inline constexpr int kMaxNoteSignatures = 64;

/// A proof file: an entry in base64, a path, and a checkpoint with every signature that a note may have.
inline constexpr size_t kMaxProofFileBytes = 2 * kMaxEntryBytes + kMaxNoteBytes;

/// The hashes of an inclusion or consistency proof in a text format: a path in a tree of kMaxTreeSize leaves.
inline constexpr size_t kMaxProofHashes = 63;

/// How long a round of asking witnesses waits for its quorum before it begins anew with a newer checkpoint, and how
/// long it rests between two rounds: a witness syncs a file for each.
inline constexpr int64_t kWitnessRoundMs = 10'000;
inline constexpr int64_t kWitnessRestMs = 200;

/// What an operator says who overrides a start-up comparison: no single word.
inline constexpr size_t kMinOverrideBytes = 20;

/// How far ahead of its clock whoever executes a log again lets an entry say that it was recorded, in microseconds:
/// what the log itself lets its clock jump before it stops.
inline constexpr int64_t kMaxRecordedAheadUs = 60'000'000;

/// How long a log that asks for a cosignature waits for an executing witness to come to where it is, before it hears
/// that it should ask later: most checkpoints are a few entries ahead.
inline constexpr int64_t kExecutionPatienceMs = 2'000;

/// How often a copy asks for a newer checkpoint, and how long it waits after its source could not be read.
inline constexpr int64_t kFollowIntervalMs = 1'000;
inline constexpr int64_t kFollowRetryMs = 5'000;

/// Proof of a fork: two checkpoints, and two inclusion paths of 45 bytes a line.
inline constexpr size_t kMaxForkEvidenceBytes = 2 * kMaxNoteBytes + 16'384;

/// What a log sends a witness: a number, a proof of 45 bytes a line, and a checkpoint.
inline constexpr size_t kMaxAddCheckpointBytes = kMaxNoteBytes + 4'096;

/// A policy of witnesses: C2SP tlog-policy asks for 32 logs, witnesses and groups each; these are twice as many, in
/// lines of a few hundred bytes.
inline constexpr size_t kMaxWitnessPolicyBytes = 64 * 1'024;
inline constexpr size_t kMaxPolicyWitnesses = 64;

/// A key file: a few lines of text.
inline constexpr size_t kMaxKeyFileBytes = 4'096;

// --- Storage ----------------------------------------------------------------------------------------------------------

/// Blocks of the database kept in memory, with the filters and indexes of its files. With the memtables and the tiles
/// it leaves most of a node's 2 GiB to calls under way.
inline constexpr size_t kBlockCacheBytes = size_t{256} << 20;

/// Writes waiting in memory for a flush, over all column families. Also bounds the write-ahead log, and with it the
/// time that opening takes to replay it: well under a second.
inline constexpr size_t kMemtableBytes = size_t{64} << 20;

/// Tiles kept with their inner nodes, 16 KiB each: the last million entries' receipts need no hashing.
inline constexpr size_t kCachedTiles = 4'096;

/// Files the database holds open: under the usual 1,024 descriptors of a process, with room for connections.
inline constexpr int kMaxOpenFiles = 512;

/// Refusals kept for auditors. The oldest go first: a flood of refused events must not fill the disk.
inline constexpr uint64_t kMaxRefusals = 100'000;

/// The name of one refusal, and its record: the refused envelope and what was said about it.
inline constexpr size_t kMaxRefusalKeyBytes = 64;
inline constexpr size_t kMaxRefusalBytes = size_t{128} << 10;

/// A ledger's origin, a line of every checkpoint.
inline constexpr size_t kMaxOriginBytes = 256;

/// Problems a check of the whole store lists one by one; the rest are counted. Nobody reads more.
inline constexpr size_t kMaxFsckProblems = 100;

// --- The command ------------------------------------------------------------------------------------------------------

/// A file of events signed away from the network: some hundred thousand of them, far beyond one season's work.
inline constexpr size_t kMaxOutboxBytes = size_t{256} << 20;

/// Entries that one call of a replay asks for: a second of two cores, so that --timeout bounds a call and not the log.
inline constexpr uint64_t kReplayPageEntries = 16'384;

/// Entries that a replay verifies in one go, on one core: some 20 ms.
inline constexpr size_t kReplayChunkEntries = 512;

/// Such chunks that are fetched and not executed yet, in memory twice: as they came and decoded, some 4 KB an entry.
/// While a page is fetched, there is enough among them to verify.
inline constexpr size_t kReplayChunksUnderWay = 16;

/// Entries that a replica or a monitor reads and verifies at once.
inline constexpr size_t kFollowChunkEntries = 2'048;

/// Vantage points that one run of a monitor compares: every pair of different views costs a proof.
inline constexpr size_t kMaxVantagePoints = 32;

/// Ids that a monitor watches: a mine, its site and its licences, many times over.
inline constexpr size_t kMaxWatchedIds = 1'024;

/// Things made by what is watched that a monitor follows, the newest: 30 MB of its state.
inline constexpr size_t kMaxFollowedThings = 262'144;

/// What a monitor remembers beside tiles: whose key each key is, at 100 bytes a key, and what it follows.
inline constexpr size_t kMaxMonitorStateBytes = size_t{256} << 20;

/// A file given to the command as an event, a disclosure or a saved checkpoint.
inline constexpr size_t kMaxInputFileBytes = size_t{1} << 20;

}  // namespace touchstone::limits
