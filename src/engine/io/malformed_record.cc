#include "engine/io/malformed_record.h"

#include "base/error.h"

namespace hanok::engine {

void throw_malformed_record(std::string_view record) {
    Error error(ErrorKind::kSpark, "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
        {{"badRecord", std::string(record.substr(0, 1000))}, {"failFastMode", "FAILFAST"}});
    throw duckdb::InvalidInputException(error.encode());
}

void throw_only_corrupt_record() {
    throw analysis_error("UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN");
}

}  // namespace hanok::engine
