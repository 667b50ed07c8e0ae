#pragma once
// The NDJSON form of actions: commits, compacted logs and JSON checkpoints.

#include <string>
#include <string_view>

#include "delta/actions.h"

namespace hanok::delta {

/// Which actions to build; the others are skipped without looking inside.
struct ParseOptions {
    bool file_actions = true;
    bool commit_info = true;
    bool stats = true;
    bool pack_adds = false;  // into packed_adds, one element a call
};

/// Appends the actions of a log file's text to `out`. Unknown actions and fields are ignored.
/// Throws DELTA_MALFORMED_LOG_FILE with `path` and the line's number.
void parse_actions(const std::string& text, const std::string& path, const ParseOptions& options,
    CommitActions* out);
/// The same of the lines from `begin` to `end`.
void parse_actions(const std::string& text, size_t begin, size_t end, const std::string& path,
    const ParseOptions& options, CommitActions* out);

// One line each, without the line break.
std::string to_json(const CommitInfo& info);
std::string to_json(const Protocol& protocol);
std::string to_json(const Metadata& metadata);
std::string to_json(const AddFile& add);
std::string to_json(const RemoveFile& remove);
std::string to_json(const CdcFile& cdc);
std::string to_json(const SetTransaction& transaction);
std::string to_json(const DomainMetadata& domain);
std::string to_json(const Sidecar& sidecar);
/// All of them, one a line, commitInfo first.
std::string to_ndjson(const CommitActions& actions);

}  // namespace hanok::delta
