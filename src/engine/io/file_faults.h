#pragma once
// What a scan does with files that cannot be read: `ignoreMissingFiles` and `ignoreCorruptFiles`,
// options of a read or, as spark.sql.files.…, of a session.

#include <duckdb.hpp>
#include <exception>
#include <string>

#include "engine/engine.h"
#include "engine/io/scan_options.h"

namespace hanok::engine {

class FileFaults {
public:
    // Every fault is an error.
    FileFaults() = default;
    // An option wins over the session. Throws for values that are no booleans.
    FileFaults(const SourceOptions& options, const QueryContext& context);

    bool ignores_missing() const { return missing_; }
    // Whether the rest of a file is left out after `error`. What a store says of itself (no right,
    // no answer) never is, nor what is wrong with a row alone.
    bool ignore(
        duckdb::FileSystem& system, const std::string& path, const std::exception& error) const;

private:
    bool missing_ = false;
    bool corrupt_ = false;
};

}  // namespace hanok::engine
