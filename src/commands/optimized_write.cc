// Optimised writes: the rows of a partition come together before they are written, so that a write
// to many partitions leaves one file in each, or several of the asked size.

#include "base/error.h"
#include "commands/delta_write.h"

namespace hanok::commands {

namespace {

constexpr const char* kBinSize = "spark.databricks.delta.optimizeWrite.binSize";
constexpr int64_t kMiB = 1 << 20;
constexpr int64_t kDefaultBinMiB = 512;

bool is_true(const std::string& text) { return types::names_equal(text, "true"); }

// The writer's option comes before the session's setting, and that before the table's property.
bool optimizes(
    Session& session, const delta::Metadata& metadata, const DeltaWriteOptions& options) {
    if (options.optimize_write) return *options.optimize_write;
    if (auto setting = session.config().find("spark.databricks.delta.optimizeWrite.enabled"))
        return is_true(*setting);
    for (const char* key : {"delta.autoOptimize.optimizeWrite", "delta.autoOptimize"}) {
        auto property = metadata.configuration.find(key);
        if (property != metadata.configuration.end()) return is_true(property->second);
    }
    return false;
}

// "64", "64m", "1g" in MiB; a bare number is one of MiB, and parts of a MiB are dropped.
int64_t mib_of(const std::string& text) {
    static const std::map<std::string, int64_t> units = {{"", kMiB}, {"b", 1}, {"k", 1 << 10},
        {"kb", 1 << 10}, {"m", kMiB}, {"mb", kMiB}, {"g", kMiB << 10}, {"gb", kMiB << 10},
        {"t", kMiB << 20}, {"tb", kMiB << 20}};
    size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
    auto unit = units.find(types::to_lower(text.substr(digits)));
    constexpr size_t kMostDigits = 12;
    if (digits == 0 || digits > kMostDigits || unit == units.end()) {
        throw Error(ErrorKind::kIllegalArgument, "INVALID_CONF_VALUE.DEFAULT",
            {{"confName", kBinSize}, {"confValue", text}});
    }
    __int128 bytes = static_cast<__int128>(std::stoll(text.substr(0, digits))) * unit->second;
    return static_cast<int64_t>(std::min<__int128>(bytes / kMiB, INT64_MAX / kMiB));
}

}  // namespace

int64_t optimized_file_bytes(
    Session& session, const delta::Metadata& metadata, const DeltaWriteOptions& options) {
    if (!optimizes(session, metadata, options)) return 0;
    auto given = session.config().find(kBinSize);
    // What lies within one MiB is never parted.
    return std::max<int64_t>(1, given ? mib_of(*given) : kDefaultBinMiB) * kMiB;
}

}  // namespace hanok::commands
