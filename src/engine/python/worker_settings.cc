#include "engine/python/worker_settings.h"

#include <sstream>

#include "engine/python_sources.h"
#include "python/interpreter_version.h"

namespace hanok::engine {

namespace {

// Settings that workers read, with Spark's defaults.
constexpr std::pair<const char*, const char*> kWorkerSettings[] = {
    {"spark.sql.legacy.execution.pandas.groupedMap.assignColumnsByName", "true"},
    {"spark.sql.execution.arrow.useLargeVarTypes", "false"},
    {"spark.sql.legacy.execution.pythonUDF.pandas.conversion.enabled", "false"},
    {"spark.sql.legacy.execution.pythonUDTF.pandas.conversion.enabled", "false"},
    {"spark.sql.execution.pyspark.binaryAsBytes", "true"},
    {"spark.sql.execution.pandas.convertToArrowArraySafely", "true"},
    {"spark.sql.execution.pythonUDF.pandas.intToDecimalCoercionEnabled", "false"},
    {"spark.sql.execution.pythonUDF.pandas.preferIntExtensionDtype", "false"},
    {"spark.sql.execution.arrow.maxRecordsPerBatch", "10000"},
    {"spark.sql.execution.pythonUDF.arrow.concurrency.level", "-1"},
};

std::string setting(const QueryContext& query, const std::string& key, const std::string& other) {
    auto it = query.conf.find(key);
    return it == query.conf.end() ? other : it->second;
}

}  // namespace

int64_t worker_setting(const QueryContext& query, const std::string& key, int64_t other) {
    auto text = setting(query, key, "");
    if (text.empty()) return other;
    try {
        return std::stoll(text);
    } catch (const std::exception&) {
        return other;
    }
}

python::Settings worker_settings(const QueryContext& query) {
    python::Settings out{{"spark.sql.session.timeZone", query.time_zone}};
    for (const auto& [key, value] : kWorkerSettings)
        out.emplace_back(key, setting(query, key, value));
    return out;
}

std::string worker_version(const python::WorkerPool& pool, const std::string& version) {
    return version.empty() ? python::interpreter_version(pool.interpreter()) : version;
}

python::AddedFiles added_files(const QueryContext& query) {
    python::AddedFiles out;
    out.folder = setting(query, kPythonFolder, "");
    std::istringstream names(setting(query, kPythonIncludes, ""));
    for (std::string name; std::getline(names, name, '/');) out.includes.push_back(name);
    return out;
}

}  // namespace hanok::engine
