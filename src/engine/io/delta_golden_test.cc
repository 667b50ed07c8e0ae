// Reads the golden tables of the Delta projects, where they are at hand, and compares the rows.

#include <cstdlib>
#include <filesystem>

#include "delta/snapshot.h"
#include "delta/table.h"
#include "engine/delta_parquet.h"
#include "engine/io/io_test_support.h"

namespace hanok::engine {
namespace {

namespace fs = std::filesystem;

fs::path conformance_folder() {
    const char* given = std::getenv("HANOK_CONFORMANCE");
    return fs::path(given ? given : "../shared/conformance") / "delta" / "golden";
}

class DeltaGoldenTest : public IoTest {
protected:
    DeltaGoldenTest() {
        EngineOptions options;
        options.threads = 2;
        options.spill_directory = path("spill");
        instance_ = Instance::open(options);
    }

    delta::Handlers handlers() {
        delta::Handlers handlers;
        handlers.checkpoint_reader = make_checkpoint_reader([this] { return instance_; });
        return handlers;
    }

    fs::path unpack(const fs::path& archive, const std::string& name) {
        fs::create_directories(path(name));
        auto command = "tar --zstd -xf '" + archive.string() + "' -C '" + path(name) + "'";
        EXPECT_EQ(std::system(command.c_str()), 0);
        return fs::path(path(name)) / name;
    }

    static std::vector<std::string> parquet_files(const fs::path& folder) {
        std::vector<std::string> files;
        for (const auto& entry : fs::recursive_directory_iterator(folder)) {
            auto name = entry.path().filename().string();
            bool is_data = name.ends_with(".parquet") && name[0] != '.' && name[0] != '_';
            if (is_data) files.push_back(entry.path().string());
        }
        return files;
    }

    Rows sorted_rows(const resolved::ScanSourcePtr& source) {
        auto found = rows(scan_of(source));
        std::sort(found.begin(), found.end());
        return found;
    }

    Rows table_rows(const delta::SnapshotPtr& snapshot) {
        auto source = std::make_shared<DeltaScanSource>();
        source->format = "delta";
        source->snapshot = snapshot;
        source->schema = snapshot->schema();
        for (const auto& column : snapshot->partition_columns()) {
            source->partition_columns.push_back(column.name);
        }
        return sorted_rows(source);
    }

    // "" when the table reads as expected.
    std::string difference(const fs::path& folder) {
        try {
            auto table = delta::Table::at((folder / "delta").string(), handlers());
            auto snapshot = table->snapshot();
            auto expected = file_source(
                "parquet", parquet_files(folder / "expected"), snapshot->schema()->fields());
            auto wanted = sorted_rows(expected);
            auto found = table_rows(snapshot);
            if (found == wanted) return "";
            auto text = std::to_string(found.size()) + " rows, expected " +
                        std::to_string(wanted.size());
            for (size_t i = 0; i < std::min(found.size(), wanted.size()); i++) {
                if (found[i] == wanted[i]) continue;
                return text + "; " + found[i] + " is not " + wanted[i];
            }
            return text;
        } catch (const std::exception& e) {
            return duckdb::ErrorData(e).Message();
        }
    }

    InstancePtr instance_;
};

TEST_F(DeltaGoldenTest, tables_read_as_expected) {
    if (!fs::exists(conformance_folder())) {
        GTEST_SKIP() << "no golden tables at " << conformance_folder();
    }
    int passed = 0;
    int compared = 0;
    for (const auto& archive : fs::directory_iterator(conformance_folder())) {
        auto name = archive.path().filename().string();
        if (!name.ends_with(".tar.zst")) continue;
        name.resize(name.size() - 8);
        auto folder = unpack(archive.path(), name);
        if (!fs::exists(folder / "expected")) continue;
        compared++;
        // Partition values without a zone are in that of the session that wrote them.
        context_.time_zone = "UTC";
        auto found = difference(folder);
        if (!found.empty()) {
            context_.time_zone = "America/Los_Angeles";
            found = difference(folder);
        }
        passed += found.empty();
        if (!found.empty()) std::cout << name << ": " << found << "\n";
        fs::remove_all(path(name));
    }
    std::cout << passed << " of " << compared << " golden tables read as expected\n";
    EXPECT_GE(passed, compared);
}

}  // namespace
}  // namespace hanok::engine
