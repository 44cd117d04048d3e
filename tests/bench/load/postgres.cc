#include "tests/bench/load/postgres.h"

#include <libpq-fe.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/encoding.h"
#include "base/status.h"
#include "crypto/dsse.h"
#include "crypto/hash.h"
#include "crypto/keys.h"
#include "fmt/format.h"
#include "touchstone/v1/envelope.pb.h"

namespace touchstone::bench {
namespace {

// Debian's place for the server's own programs, which PATH does not have.
constexpr std::string_view kPrograms = "/usr/lib/postgresql/15/bin/";
// Debian's account for it; initdb and postgres do not run as root.
constexpr const char* kAccount = "postgres";
constexpr int64_t kPatienceUs = 60'000'000;

/// `append_one` is the whole transaction in one round trip. For many events the application computes the links itself,
/// while it holds the head: a loop in the database costs more.
constexpr const char* kSchema = R"(
CREATE TABLE head (one boolean PRIMARY KEY CHECK (one), next bigint NOT NULL, link bytea NOT NULL);
INSERT INTO head VALUES (true, 0, decode(repeat('00', 32), 'hex'));
CREATE TABLE log (place bigint PRIMARY KEY, event_id bytea NOT NULL UNIQUE, recorded_at timestamptz NOT NULL,
                  link bytea NOT NULL, envelope bytea NOT NULL);
CREATE FUNCTION append_one(id bytea, body bytea) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE at bigint; chain bytea;
BEGIN
  SELECT next, link INTO at, chain FROM head FOR UPDATE;
  chain := sha256(chain || body);
  INSERT INTO log VALUES (at, id, clock_timestamp(), chain, body);
  UPDATE head SET next = at + 1, link = chain;
  RETURN at;
END $$;
)";

constexpr Oid kBytea = 17;
constexpr Oid kByteaArray = 1001;
constexpr Oid kBigint = 20;

struct CloseConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct FreeResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Connection = std::unique_ptr<PGconn, CloseConnection>;
using Result = std::unique_ptr<PGresult, FreeResult>;

absl::Status Failed(PGconn* connection) { return absl::UnavailableError(PQerrorMessage(connection)); }

absl::StatusOr<Connection> ConnectTo(const std::string& directory) {
  Connection connection(PQconnectdb(fmt::format("host={} user={} dbname=postgres", directory, kAccount).c_str()));
  if (PQstatus(connection.get()) != CONNECTION_OK) return Failed(connection.get());
  return connection;
}

absl::Status Execute(PGconn* connection, const char* text) {
  const Result result(PQexec(connection, text));
  const ExecStatusType status = PQresultStatus(result.get());
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? absl::OkStatus() : Failed(connection);
}

/// A prepared statement with binary parameters and a binary answer.
absl::StatusOr<Result> Call(PGconn* connection, const char* name, const std::vector<std::string>& parameters) {
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const std::string& parameter : parameters) {
    values.push_back(parameter.data());
    lengths.push_back(static_cast<int>(parameter.size()));
  }
  const std::vector<int> formats(parameters.size(), 1);
  Result result(PQexecPrepared(connection, name, static_cast<int>(parameters.size()), values.data(), lengths.data(),
                               formats.data(), 1));
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return Failed(connection);
  return result;
}

absl::Status Prepare(PGconn* connection, const char* name, const char* text, const std::vector<Oid>& types) {
  const Result result(PQprepare(connection, name, text, static_cast<int>(types.size()), types.data()));
  return PQresultStatus(result.get()) == PGRES_COMMAND_OK ? absl::OkStatus() : Failed(connection);
}

/// A one-dimensional bytea[] as the protocol carries it.
std::string ByteaArray(const std::vector<std::string>& values) {
  std::string array;
  const auto append = [&array](uint64_t number) { AppendU32(array, static_cast<uint32_t>(number)); };
  for (const uint64_t number : {uint64_t{1}, uint64_t{0}, uint64_t{kBytea}, uint64_t{values.size()}, uint64_t{1}}) {
    append(number);
  }
  for (const std::string& value : values) {
    append(value.size());
    array += value;
  }
  return array;
}

/// What the application knows of some events once it has checked them.
struct Events {
  std::vector<std::string> ids;
  std::vector<std::string> envelopes;
};

/// One connection of the application.
class Client {
 public:
  static absl::StatusOr<Client> Open(const std::string& directory) {
    TS_ASSIGN_OR_RETURN(Connection connection, ConnectTo(directory));
    PGconn* const raw = connection.get();
    TS_RETURN_IF_ERROR(Prepare(raw, "one", "SELECT append_one($1, $2)", {kBytea, kBytea}));
    TS_RETURN_IF_ERROR(Prepare(raw, "head", "SELECT next, link FROM head FOR UPDATE", {}));
    TS_RETURN_IF_ERROR(Prepare(raw, "many",
                               "INSERT INTO log SELECT $1 + number - 1, id, clock_timestamp(), link, envelope FROM "
                               "unnest($2, $3, $4) WITH ORDINALITY AS added (id, link, envelope, number)",
                               {kBigint, kByteaArray, kByteaArray, kByteaArray}));
    TS_RETURN_IF_ERROR(Prepare(raw, "move", "UPDATE head SET next = $1, link = $2", {kBigint, kBytea}));
    return Client(std::move(connection));
  }

  absl::Status Append(const Events& events) {
    if (events.ids.size() == 1) return Call(connection_.get(), "one", {events.ids[0], events.envelopes[0]}).status();
    TS_RETURN_IF_ERROR(Execute(connection_.get(), "BEGIN"));
    TS_ASSIGN_OR_RETURN(const Result head, Call(connection_.get(), "head", {}));
    const uint64_t next = ReadU64({PQgetvalue(head.get(), 0, 0), sizeof(uint64_t)});
    std::string link(PQgetvalue(head.get(), 0, 1), static_cast<size_t>(PQgetlength(head.get(), 0, 1)));
    std::vector<std::string> links;
    for (const std::string& envelope : events.envelopes) {
      link = std::string(crypto::Sha256(link + envelope).view());
      links.push_back(link);
    }
    TS_RETURN_IF_ERROR(Call(connection_.get(), "many",
                            {BigEndian(next), ByteaArray(events.ids), ByteaArray(links), ByteaArray(events.envelopes)})
                           .status());
    TS_RETURN_IF_ERROR(Call(connection_.get(), "move", {BigEndian(next + events.ids.size()), link}).status());
    return Execute(connection_.get(), "COMMIT");
  }

 private:
  explicit Client(Connection connection) : connection_(std::move(connection)) {}

  static std::string BigEndian(uint64_t number) {
    std::string bytes;
    AppendU64(bytes, number);
    return bytes;
  }

  Connection connection_;
};

/// The event's id when its signatures hold: as much as an application must know, and no rule of ours.
absl::StatusOr<crypto::Hash> CheckSignatures(const std::string& bytes) {
  v1::Envelope envelope;
  if (!envelope.ParseFromString(bytes)) return absl::InternalError("an envelope does not parse");
  const std::string message = crypto::Pae(crypto::kEventPayloadType, envelope.payload());
  for (const v1::Signature& signature : envelope.signatures()) {
    TS_ASSIGN_OR_RETURN(const crypto::PublicKey key, crypto::PublicKey::FromBytes(signature.key()));
    TS_ASSIGN_OR_RETURN(const crypto::Signature made, crypto::Signature::FromBytes(signature.signature()));
    if (!crypto::Verify(key, message, made)) return absl::InternalError("a signature does not hold");
  }
  return crypto::Sha256(envelope.payload());
}

/// Checks and appends one track.
absl::Status AppendTrack(Client& client, const Track& track, size_t batch) {
  for (size_t first = 0; first < track.envelopes.size(); first += batch) {
    Events events;
    for (size_t i = first; i < std::min(first + batch, track.envelopes.size()); ++i) {
      TS_ASSIGN_OR_RETURN(const crypto::Hash event_id, CheckSignatures(track.envelopes[i]));
      events.ids.emplace_back(event_id.view());
      events.envelopes.push_back(track.envelopes[i]);
    }
    TS_RETURN_IF_ERROR(client.Append(events));
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> Rows(const std::string& directory) {
  TS_ASSIGN_OR_RETURN(const Connection connection, ConnectTo(directory));
  const Result result(PQexec(connection.get(), "SELECT count(*) FROM log"));
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) return Failed(connection.get());
  return std::strtoull(PQgetvalue(result.get(), 0, 0), nullptr, 10);
}

std::string Program(std::string_view name) { return fmt::format("{}{}", kPrograms, name); }

/// Root is nobody whom PostgreSQL lets run it.
std::string Account() { return geteuid() == 0 ? kAccount : ""; }

}  // namespace

absl::StatusOr<std::unique_ptr<Postgres>> Postgres::Start(Clock& clock) {
  std::unique_ptr<Postgres> postgres(new Postgres(clock));
  TS_RETURN_IF_ERROR(postgres->Init());
  TS_RETURN_IF_ERROR(postgres->Serve());
  return postgres;
}

absl::Status Postgres::Init() {
  if (geteuid() == 0) {
    const passwd* const account = getpwnam(kAccount);
    if (account == nullptr || chown(dir_.path().c_str(), account->pw_uid, account->pw_gid) != 0) {
      return absl::UnavailableError("there is no account postgres (deploy/packages/bench.txt)");
    }
  }
  Child init;
  TS_RETURN_IF_ERROR(init.Start(
      {Program("initdb"), "-D", dir_.File("data"), "-A", "trust", "-U", kAccount, "-E", "UTF8", "--no-locale"},
      dir_.File("init.log"), Account()));
  return init.Await();
}

absl::Status Postgres::Serve() {
  // What a user tunes first: memory, and how much may be written between two checkpoints. Durability stays as it comes.
  TS_RETURN_IF_ERROR(
      server_.Start({Program("postgres"), "-D", dir_.File("data"), "-k", dir_.path(), "-c", "listen_addresses=", "-c",
                     "shared_buffers=512MB", "-c", "max_wal_size=8GB", "-c", "fsync=on", "-c", "synchronous_commit=on"},
                    dir_.File("log"), Account()));
  const int64_t deadline_us = clock_.MonotonicUs() + kPatienceUs;
  for (;;) {
    absl::StatusOr<Connection> connection = ConnectTo(dir_.path());
    if (connection.ok()) return Execute(connection->get(), kSchema);
    if (!server_.Running() || clock_.MonotonicUs() > deadline_us) return connection.status();
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable().wait_for(lock, std::chrono::milliseconds(10));
  }
}

absl::StatusOr<double> Postgres::Append(const std::vector<Track>& tracks, size_t batch, int clients) {
  TS_ASSIGN_OR_RETURN(const uint64_t before, Rows(dir_.path()));
  std::vector<Client> open;
  for (int i = 0; i < clients; ++i) {
    TS_ASSIGN_OR_RETURN(Client client, Client::Open(dir_.path()));
    open.push_back(std::move(client));
  }
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  absl::Status first;
  const int64_t start_us = clock_.MonotonicUs();
  std::vector<std::thread> threads;
  for (Client& client : open) {
    threads.emplace_back([&] {
      for (size_t i = next++; i < tracks.size(); i = next++) {
        const absl::Status status = AppendTrack(client, tracks[i], batch);
        const std::lock_guard lock(mutex);
        if (first.ok()) first = status;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const int64_t took_us = clock_.MonotonicUs() - start_us;
  TS_RETURN_IF_ERROR(first);
  uint64_t events = 0;
  for (const Track& track : tracks) events += track.envelopes.size();
  TS_ASSIGN_OR_RETURN(const uint64_t after, Rows(dir_.path()));
  if (after - before != events)
    return absl::InternalError(fmt::format("{} rows of {} are there", after - before, events));
  return static_cast<double>(events) * 1e6 / static_cast<double>(took_us);
}

}  // namespace touchstone::bench
