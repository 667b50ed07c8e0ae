#include "delta/universal_format.h"

#include <sstream>

#include "base/error.h"
#include "delta/column_mapping.h"
#include "types/data_type.h"

namespace hanok::delta {

namespace {

constexpr const char* kEnabledFormats = "delta.universalFormat.enabledFormats";

std::vector<std::string> enabled_formats(const Metadata& metadata) {
    std::vector<std::string> out;
    auto it = metadata.configuration.find(kEnabledFormats);
    if (it == metadata.configuration.end()) return out;
    std::istringstream names(it->second);
    for (std::string name; std::getline(names, name, ',');) {
        size_t start = name.find_first_not_of(' ');
        if (start == std::string::npos) continue;
        out.push_back(name.substr(start, name.find_last_not_of(' ') - start + 1));
    }
    return out;
}

bool is_true(const Metadata& metadata, const char* key) {
    auto it = metadata.configuration.find(key);
    return it != metadata.configuration.end() && types::to_lower(it->second) == "true";
}

[[noreturn]] void violated(const std::string& violation) {
    throw unsupported_error(
        "DELTA_UNIVERSAL_FORMAT_VIOLATION", {{"format", "iceberg"}, {"violation", violation}});
}

}  // namespace

bool wants_iceberg(const Metadata& metadata) {
    for (const std::string& format : enabled_formats(metadata)) {
        if (format == "iceberg") return true;
    }
    return false;
}

void check_universal_format(const Metadata& metadata) {
    for (const std::string& format : enabled_formats(metadata)) {
        if (format == "iceberg") continue;
        throw Error(ErrorKind::kIllegalArgument, "DELTA_INVALID_PROPERTY",
            {{"property", kEnabledFormats}, {"value", format},
                {"reason", "iceberg is the only format that can be made"}});
    }
    if (!wants_iceberg(metadata)) return;
    if (!is_true(metadata, "delta.enableIcebergCompatV2")) {
        violated(
            "delta.enableIcebergCompatV2 must be true for delta.universalFormat.enabledFormats");
    }
    if (column_mapping_mode(metadata) == ColumnMappingMode::kNone)
        violated("delta.columnMapping.mode must be name or id");
    if (is_true(metadata, "delta.enableDeletionVectors"))
        violated("delta.enableDeletionVectors must be false");
}

}  // namespace hanok::delta
