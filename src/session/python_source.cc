#include "session/python_source.h"

#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "session/session.h"
#include "sql/parser.h"

namespace hanok::session {

namespace {

// Beside the session's functions, under a name that none of them can have.
std::string key_of(const std::string& name) { return "data source:" + name; }

types::TypePtr schema_of(const engine::PythonSourceInstance& instance) {
    auto type = instance.is_ddl ? sql::parse_type_or_schema(instance.schema)
                                : types::type_from_json(instance.schema);
    if (!type->is(types::TypeId::kStruct)) {
        throw analysis_error("INVALID_SCHEMA.NON_STRUCT_TYPE",
            {{"inputSchema", instance.schema}, {"dataType", type->sql()}});
    }
    return type;
}

}  // namespace

bool is_builtin_format(const std::string& name) {
    static const std::set<std::string> names{"avro", "binaryfile", "console", "csv", "delta",
        "hive", "iceberg", "jdbc", "json", "kafka", "memory", "noop", "orc", "parquet", "rate",
        "socket", "text", "xml"};
    return names.contains(types::to_lower(name));
}

void put_python_source(Session& session, const std::shared_ptr<const plan::PythonUdf>& source) {
    if (is_builtin_format(source->name))
        throw analysis_error("DATA_SOURCE_ALREADY_EXISTS", {{"provider", source->name}});
    session.put_python_function(key_of(source->name), source);
}

engine::PythonSourceClassPtr find_python_source(Session& session, const std::string& name) {
    if (is_builtin_format(name)) return nullptr;
    if (auto own = session.find_python_function(key_of(name))) {
        auto source = std::make_shared<engine::PythonSourceClass>();
        source->name = own->name;
        source->command = own->command;
        source->python_version = own->python_version;
        return source;
    }
    try {
        for (const auto& source : engine::python_sources(session.platform().engine()).installed())
            if (types::names_equal(source->name, name)) return source;
    } catch (const Error& error) {
        spdlog::warn("no data sources of installed Python packages: {}", error.what());
    }
    return nullptr;
}

engine::PythonSourceCall python_source_call(const engine::PythonSourceClassPtr& source,
    const std::string& provider, const std::map<std::string, std::string>& options,
    const std::vector<std::string>& paths) {
    engine::PythonSourceCall out{source, provider, options};
    if (paths.size() == 1) out.options["path"] = paths[0];
    if (paths.size() > 1) out.options["paths"] = nlohmann::json(paths).dump();
    return out;
}

resolved::ScanSourcePtr scan_python_source(
    Session& session, const engine::PythonSourceCall& call, const types::TypePtr& schema) {
    auto instance = engine::python_sources(session.platform().engine())
                        .create(call, schema, session.query_context());
    auto out = std::make_shared<engine::PythonScanSource>();
    out->schema = types::DataType::replace_char_varchar(schema ? schema : schema_of(instance));
    out->format = types::to_lower(call.source->name);
    // Equal descriptions stand for equal rows (df.cache). Options may hold secrets.
    std::string identity = call.source->command;
    for (const auto& [key, value] : call.options) identity += '\0' + key + '\0' + value;
    out->description = "PythonScan (" + call.source->name + ") #" +
                       std::to_string(std::hash<std::string>{}(identity));
    out->instance = instance.pickled;
    out->python_version = call.source->python_version;
    return out;
}

}  // namespace hanok::session
