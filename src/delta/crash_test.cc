// Writers that are killed at any moment: every commit they acknowledged is there, no other is torn.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include "delta/handlers.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "delta/transaction.h"

namespace hanok::delta {
namespace {

std::shared_ptr<Table> open(const std::string& root) {
    Handlers handlers;
    handlers.threads = 1;
    return Table::at(root, handlers);
}

void create(const std::string& root) {
    auto transaction = Transaction::start(open(root), nullptr);
    Metadata metadata;
    metadata.schema_string =
        types::DataType::struct_({{"a", types::DataType::long_(), true, ""}})->json();
    transaction->update_metadata(metadata);
    transaction->commit_or_throw();
}

// Commits for ever; tells of each version once it is committed.
[[noreturn]] void write_until_killed(const std::string& root, int acknowledge) {
    auto table = open(root);
    while (true) {
        auto transaction = Transaction::start(table, table->snapshot());
        AddFile file;
        file.path = "f" + std::to_string(transaction->read_snapshot()->version());
        transaction->add_file(file);
        int64_t version = transaction->commit_or_throw().version;
        if (::write(acknowledge, &version, sizeof(version)) != sizeof(version)) ::_exit(1);
    }
}

TEST(CrashTest, acknowledged_commits_survive_and_no_other_is_half_there) {
    std::string root =
        (std::filesystem::temp_directory_path() / ("hanok-crash-" + std::to_string(::getpid())))
            .string();
    create(root);
    std::mt19937 random(42);
    int64_t last_acknowledged = 0;
    for (int round = 0; round < 15; round++) {
        int channel[2];
        ASSERT_EQ(::pipe(channel), 0);
        pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            ::close(channel[0]);
            write_until_killed(root, channel[1]);
        }
        ::close(channel[1]);
        ::usleep(2000 + random() % 20000);
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        int64_t version = 0;
        while (::read(channel[0], &version, sizeof(version)) == sizeof(version))
            last_acknowledged = version;
        ::close(channel[0]);
        auto snapshot = open(root)->snapshot();
        EXPECT_GE(snapshot->version(), last_acknowledged);
        EXPECT_LE(snapshot->version(), last_acknowledged + round + 1);
        EXPECT_EQ(snapshot->files().size(), static_cast<size_t>(snapshot->version()));
    }
    EXPECT_GT(last_acknowledged, 0);
    std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace hanok::delta
