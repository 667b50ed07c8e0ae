#include "server/options.h"

#include <yaml-cpp/yaml.h>

#include <functional>

#include "base/error.h"
#include "python/worker_pool.h"
#include "session/config.h"
#include "session/session_defaults.h"
#include "storage/block_cache.h"
#include "storage/store_settings.h"
#include "types/data_type.h"

namespace hanok::server {

namespace {

Error invalid(const std::string& reason) {
    return Error(ErrorKind::kIllegalArgument, "INVALID_SERVER_CONFIG", {{"reason", reason}});
}

}  // namespace

void read_config_file(const std::string& file, ServerOptions* options) {
    const std::map<std::string, std::function<void(const YAML::Node&)>> keys = {
        {"data-dir", [&](const YAML::Node& v) { options->data_dir = v.as<std::string>(); }},
        {"host", [&](const YAML::Node& v) { options->host = v.as<std::string>(); }},
        {"connect-port", [&](const YAML::Node& v) { options->connect_port = v.as<int>(); }},
        {"http-port", [&](const YAML::Node& v) { options->http_port = v.as<int>(); }},
        {"threads", [&](const YAML::Node& v) { options->threads = v.as<int>(); }},
        {"memory-limit", [&](const YAML::Node& v) { options->memory_limit = v.as<std::string>(); }},
        {"cache-size", [&](const YAML::Node& v) { options->cache_size = v.as<std::string>(); }},
        {"python-sandbox", [&](const YAML::Node& v) { options->python_sandbox = v.as<bool>(); }},
        {"python-paths",
            [&](const YAML::Node& v) { options->python_paths = v.as<std::vector<std::string>>(); }},
        {"shutdown-grace-ms",
            [&](const YAML::Node& v) { options->shutdown_grace_ms = v.as<int>(); }},
        {"conf",
            [&](const YAML::Node& v) {
                for (const auto& [key, value] : v.as<std::map<std::string, std::string>>())
                    options->conf[key] = value;
            }},
        {"log-level", [&](const YAML::Node& v) { options->log_level = v.as<std::string>(); }},
    };
    try {
        YAML::Node root = YAML::LoadFile(file);
        if (root.IsNull()) return;
        if (!root.IsMap()) throw invalid(file + " is not a map of options");
        for (const auto& entry : root) {
            auto key = entry.first.as<std::string>();
            auto it = keys.find(key);
            if (it == keys.end()) throw invalid("unknown option " + key + " in " + file);
            it->second(entry.second);
        }
    } catch (const YAML::Exception& e) {
        throw invalid(file + ": " + e.what());
    }
}

void add_conf(const std::string& text, ServerOptions* options) {
    size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
        throw invalid("--conf needs KEY=VALUE, not " + text);
    options->conf[text.substr(0, equals)] = text.substr(equals + 1);
}

void apply_conf(const ServerOptions& options) {
    std::map<std::string, std::string> stores, sessions;
    session::Config checked;
    for (const auto& [key, value] : options.conf) {
        if (session::Config::is_known(key) && checked.is_modifiable(key)) checked.set(key, value);
        (storage::StoreSettings::is_store_key(key) ? stores : sessions)[key] = value;
    }
    session::set_session_defaults(std::move(sessions));
    storage::set_default_store_settings(std::make_shared<storage::StoreSettings>(stores));
}

std::unique_ptr<session::Platform> open_platform(const ServerOptions& options) {
    apply_conf(options);
    session::PlatformOptions out;
    out.data_dir = options.data_dir;
    out.engine.threads = options.threads;
    if (!options.memory_limit.empty())
        out.engine.memory_limit_bytes = parse_bytes(options.memory_limit);
    python::PoolOptions pool;
    pool.allowed.reset();
    if (options.python_sandbox) pool.allowed = {{}, options.python_paths};
    out.engine.workers = std::make_shared<python::WorkerPool>(pool);
    int64_t cache_bytes = parse_bytes(options.cache_size);
    auto platform = session::Platform::open(out);
    storage::set_block_cache(
        storage::BlockCache::open(platform->data_dir() + "/cache", cache_bytes));
    return platform;
}

int64_t parse_bytes(const std::string& text) {
    size_t end = 0;
    double number = 0;
    try {
        number = std::stod(text, &end);
    } catch (const std::exception&) {
        throw invalid("not a size: " + text);
    }
    static const std::map<std::string, double> units = {{"", 1}, {"b", 1}, {"kb", 1e3}, {"mb", 1e6},
        {"gb", 1e9}, {"tb", 1e12}, {"k", 1024}, {"m", 1048576}, {"g", 1073741824}, {"kib", 1024},
        {"mib", 1048576}, {"gib", 1073741824}, {"tib", 1099511627776}};
    auto unit = units.find(types::to_lower(text.substr(end)));
    if (unit == units.end() || number < 0) throw invalid("not a size: " + text);
    return static_cast<int64_t>(number * unit->second);
}

}  // namespace hanok::server
