#include "session/stream_source.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "resolved/fingerprint.h"

namespace hanok::session {

using types::DataType;

resolved::ScanSourcePtr stream_source(const plan::DataSource& source) {
    if (!source.format.starts_with(kStreamPrefix)) return nullptr;
    static const std::set<std::string> files{"csv", "json", "text", "parquet"};
    auto format = types::to_lower(source.format.substr(std::string(kStreamPrefix).size()));
    auto out = std::make_shared<resolved::ScanSource>();
    out->format = kStreamPrefix + format;
    out->description = out->format;
    if (format == "rate") {
        out->schema = DataType::struct_({{"timestamp", DataType::timestamp(), true, ""},
            {"value", DataType::long_(), true, ""}});
    } else if (format == "text" && !source.schema) {
        out->schema = DataType::struct_({{"value", DataType::string(), true, ""}});
    } else if (files.contains(format) && source.schema) {
        out->schema = DataType::as_nullable(source.schema);
    } else {
        throw unsupported_feature("Structured Streaming");
    }
    return out;
}

bool reads_stream(const resolved::Plan& plan) {
    if (plan.kind == resolved::PlanKind::kScan)
        return plan.as<resolved::Scan>().source->format.starts_with(kStreamPrefix);
    auto below = resolved::children(plan);
    return std::any_of(
        below.begin(), below.end(), [](const auto& child) { return reads_stream(*child); });
}

}  // namespace hanok::session
