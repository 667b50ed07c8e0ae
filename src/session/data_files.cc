#include "session/data_files.h"

#include <fnmatch.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/error.h"
#include "engine/scan_sources.h"
#include "session/partition_types.h"
#include "session/session.h"
#include "storage/object_store.h"

namespace hanok::session {

bool is_hidden(const std::string& name) {
    if (name.empty() || name[0] == '.') return true;
    return name[0] == '_' && name.find('=') == std::string::npos;
}

namespace {

using File = engine::FileScanSource::File;

struct FoundFile {
    storage::ObjectInfo info;
    std::string root;  // the folder partitions are counted from
};

bool has_glob(const std::string& path) { return path.find_first_of("*?[{") != std::string::npos; }

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// {a,b} alternatives written out.
std::vector<std::string> expand_braces(const std::string& pattern) {
    size_t open = pattern.find('{');
    size_t close = open == std::string::npos ? open : pattern.find('}', open);
    if (close == std::string::npos) return {pattern};
    std::vector<std::string> out;
    size_t begin = open + 1;
    while (begin <= close) {
        size_t end = std::min(pattern.find(',', begin), close);
        std::string one = pattern.substr(0, open) + pattern.substr(begin, end - begin) +
                          pattern.substr(close + 1);
        for (auto& rest : expand_braces(one)) out.push_back(std::move(rest));
        begin = end + 1;
    }
    return out;
}

void expand_glob(storage::ObjectStore& store, const std::string& pattern,
    std::vector<storage::ObjectInfo>* out) {
    size_t star = pattern.find_first_of("*?[");
    size_t slash = pattern.rfind('/', star);
    size_t end = pattern.find('/', star);
    std::string folder = slash == 0 ? "/" : pattern.substr(0, slash);
    std::string segment = pattern.substr(
        slash + 1, end == std::string::npos ? end : end - slash - 1);
    std::string rest = end == std::string::npos ? "" : pattern.substr(end);
    for (const auto& entry : store.list(folder)) {
        if (fnmatch(segment.c_str(), last_part(entry.path).c_str(), FNM_PERIOD) != 0) continue;
        if (rest.empty()) {
            out->push_back(entry);
        } else if (has_glob(rest)) {
            expand_glob(store, entry.path + rest, out);
        } else if (auto found = store.head(entry.path + rest)) {
            out->push_back(*found);
        }
    }
}

void list_folder(storage::ObjectStore& store, const std::string& folder, const std::string& root,
    bool recursive, std::vector<FoundFile>* out) {
    for (const auto& entry : store.list(folder)) {
        std::string name = last_part(entry.path);
        if (is_hidden(name)) continue;
        if (!entry.is_directory) {
            out->push_back({entry, root});
        } else if (recursive || name.find('=') != std::string::npos) {
            list_folder(store, entry.path, root, recursive, out);
        }
    }
}

std::string absolute_path(const std::string& path) {
    if (path.find("://") != std::string::npos || path.starts_with("/")) return path;
    if (path.starts_with("file:")) return path;
    return storage::join_path(std::string(std::getenv("PWD") ? std::getenv("PWD") : "."), path);
}

std::vector<FoundFile> find_files(
    const DataFilesRequest& request, bool recursive, const std::string& base_path) {
    std::vector<FoundFile> out;
    for (const auto& given : request.paths) {
        std::vector<storage::ObjectInfo> starts;
        for (const auto& pattern : expand_braces(absolute_path(given))) {
            auto store = storage::store_for(pattern);
            if (has_glob(pattern)) {
                expand_glob(*store, pattern, &starts);
                std::erase_if(
                    starts, [](const auto& found) { return is_hidden(last_part(found.path)); });
            } else if (auto found = store->head(pattern)) {
                starts.push_back(*found);
            }
        }
        if (starts.empty() && !request.allow_missing) {
            throw analysis_error("PATH_NOT_FOUND",
                {{"path", given.find("://") == std::string::npos && given.starts_with("/")
                              ? "file:" + given
                              : given}});
        }
        for (const auto& start : starts) {
            std::string root = base_path.empty() ? start.path : absolute_path(base_path);
            if (start.is_directory) {
                list_folder(*storage::store_for(start.path), start.path, root, recursive, &out);
            } else {
                out.push_back({start,
                    base_path.empty() ? start.path.substr(0, start.path.rfind('/')) : root});
            }
        }
    }
    return out;
}

// key=value folders between the root and the file.
std::vector<std::pair<std::string, std::optional<std::string>>> path_partitions(
    const FoundFile& file) {
    std::vector<std::pair<std::string, std::optional<std::string>>> out;
    std::string rest =
        file.info.path.size() > file.root.size() ? file.info.path.substr(file.root.size()) : "";
    size_t begin = 0;
    for (size_t slash = rest.find('/', begin); slash != std::string::npos;
         slash = rest.find('/', begin)) {
        std::string part = rest.substr(begin, slash - begin);
        begin = slash + 1;
        size_t equals = part.find('=');
        if (equals == std::string::npos || equals == 0) continue;
        std::string value = storage::uri_decode(part.substr(equals + 1));
        std::optional<std::string> typed = value;
        if (value == "__HIVE_DEFAULT_PARTITION__") typed = std::nullopt;
        out.emplace_back(storage::uri_decode(part.substr(0, equals)), typed);
    }
    return out;
}

std::vector<std::string> discover_partitions(
    const std::vector<FoundFile>& found, engine::FileScanSource* source) {
    std::vector<std::string> columns;
    bool first = true;
    for (const auto& file : found) {
        auto partitions = path_partitions(file);
        std::vector<std::string> names;
        File out{file.info.path, file.info.size_bytes, file.info.modified_ms, {}};
        for (auto& [name, value] : partitions) {
            names.push_back(name);
            out.partition_values.push_back(std::move(value));
        }
        if (first) {
            columns = names;
            first = false;
        } else if (names != columns) {
            throw runtime_error(
                "CONFLICTING_PARTITION_COLUMN_NAMES", {{"distinctPartColLists", file.info.path}});
        }
        source->files.push_back(std::move(out));
    }
    return columns;
}

std::map<std::string, std::string> lower_keys(const std::map<std::string, std::string>& options) {
    std::map<std::string, std::string> out;
    for (const auto& [key, value] : options) out[types::to_lower(key)] = value;
    return out;
}

void keep_matching(std::vector<FoundFile>* files, const std::string& pattern) {
    std::erase_if(*files, [&](const FoundFile& f) {
        for (const auto& one : expand_braces(pattern)) {
            if (fnmatch(one.c_str(), last_part(f.info.path).c_str(), 0) == 0) return false;
        }
        return true;
    });
}

types::TypePtr infer(
    Session& session, const DataFilesRequest& request, const engine::FileScanSource& source) {
    std::vector<std::string> paths;
    for (const auto& file : source.files) paths.push_back(file.path);
    if (paths.empty()) {
        if (request.format == "text")
            return types::DataType::struct_({{"value", types::DataType::string(), true, ""}});
        throw analysis_error("UNABLE_TO_INFER_SCHEMA", {{"format", request.format}});
    }
    return session.platform().engine().infer_schema(
        request.format, paths, source.options, session.query_context());
}

const std::set<std::string>& readable_formats() {
    static const std::set<std::string> formats = {
        "parquet", "csv", "json", "text", "avro", "orc", "xml", "binaryfile"};
    return formats;
}

}  // namespace

resolved::ScanSourcePtr scan_data_files(Session& session, const DataFilesRequest& request) {
    if (!readable_formats().contains(request.format)) {
        throw analysis_error("DATA_SOURCE_NOT_FOUND", {{"provider", request.format}});
    }
    // With a schema, no path is a table without rows.
    if (request.paths.empty() && !request.schema)
        throw analysis_error("UNABLE_TO_INFER_SCHEMA", {{"format", request.format}});
    auto source = std::make_shared<engine::FileScanSource>();
    source->format = request.format;
    source->description = request.description;
    source->options = lower_keys(request.options);
    for (const auto& path : request.paths) source->identity += path + "\n";
    for (const auto& [key, value] : source->options)
        source->identity += key + "=" + std::to_string(value.size()) + ":" + value + "\n";
    auto option = [&](const char* key) {
        return source->options.contains(key) ? source->options[key] : std::string();
    };
    auto found = find_files(
        request, types::to_lower(option("recursivefilelookup")) == "true", option("basepath"));
    if (!option("pathglobfilter").empty()) keep_matching(&found, option("pathglobfilter"));
    std::vector<std::string> names = discover_partitions(found, source.get());

    types::TypePtr schema = request.schema ? request.schema : infer(session, request, *source);
    bool infer_types = session.config().get_bool(
        "spark.sql.sources.partitionColumnTypeInference.enabled", true);
    types::Fields data;
    types::Fields partitions;
    std::vector<std::string> columns =
        request.partition_columns.empty() ? names : request.partition_columns;
    for (const auto& field : schema->fields()) {
        bool is_partition = std::any_of(columns.begin(), columns.end(),
            [&](const std::string& c) { return types::names_equal(c, field.name); });
        if (!is_partition)
            data.push_back(
                {field.name, request.schema ? types::DataType::as_nullable(field.type) : field.type,
                    true, field.metadata});
    }
    for (size_t i = 0; i < columns.size(); ++i) {
        int given = schema->field_index(columns[i]);
        types::TypePtr type = given >= 0 && request.schema
                                  ? schema->fields()[static_cast<size_t>(given)].type
                              : infer_types ? infer_partition_type(*source, i)
                                            : types::DataType::string();
        partitions.push_back({columns[i], type, true, ""});
    }
    // Large files first, as Spark packs them: rows come in that order.
    std::stable_sort(source->files.begin(), source->files.end(),
        [](const File& a, const File& b) { return a.size_bytes > b.size_bytes; });
    source->data_schema = types::DataType::struct_(data);
    source->partition_columns = columns;
    data.insert(data.end(), partitions.begin(), partitions.end());
    source->schema = types::DataType::struct_(std::move(data));
    return source;
}

}  // namespace hanok::session
