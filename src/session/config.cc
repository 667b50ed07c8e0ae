#include "session/config.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "base/error.h"
#include "session/config_values.h"
#include "types/data_type.h"
#include "types/datetime_text.h"

namespace hanok::session {

namespace {

struct KnownKey {
    std::string_view key;
    std::string_view value;  // "None": no default
    bool is_static;
};

constexpr KnownKey kKnown[] = {
#include "session/config_defaults.inc"
};

const KnownKey* find_known(const std::string& key) {
    auto less = [](const KnownKey& k, std::string_view name) { return k.key < name; };
    auto it = std::lower_bound(std::begin(kKnown), std::end(kKnown), std::string_view(key), less);
    return it != std::end(kKnown) && it->key == key ? it : nullptr;
}

// Throws for keys that a session does not set.
void check_modifiable(const std::string& key) {
    const KnownKey* known = find_known(key);
    if (known && known->is_static)
        throw analysis_error("CANNOT_MODIFY_STATIC_CONFIG", {{"key", "\"" + key + "\""}});
    if (!known && is_core_key(key)) {
        throw analysis_error("CANNOT_MODIFY_CONFIG",
            {{"key", "\"" + key + "\""}, {"docroot", "https://spark.apache.org/docs/latest"}});
    }
}

}  // namespace

Config::Config(std::map<std::string, std::string> instance_defaults)
    : instance_defaults_(std::move(instance_defaults)) {}

Config::Config(const Config& other)
    : instance_defaults_(other.instance_defaults_), values_(other.all_set()) {}

std::optional<std::string> Config::find(const std::string& key) const {
    {
        std::lock_guard lock(mutex_);
        auto it = values_.find(key);
        if (it != values_.end()) return it->second;
    }
    auto fallback = instance_defaults_.find(key);
    if (fallback != instance_defaults_.end()) return fallback->second;
    const KnownKey* known = find_known(key);
    if (!known || known->value == "None") return std::nullopt;
    return std::string(known->value);
}

std::string Config::get(const std::string& key) const {
    if (auto value = find(key)) return *value;
    if (!is_known(key)) {
        throw Error(
            ErrorKind::kNoSuchElement, "SQL_CONF_NOT_FOUND", {{"sqlConf", "\"" + key + "\""}});
    }
    return "";
}

bool Config::get_bool(const std::string& key, bool otherwise) const {
    auto value = find(key);
    return value ? types::to_lower(*value) == "true" : otherwise;
}

int64_t Config::get_int(const std::string& key, int64_t otherwise) const {
    auto value = find(key);
    return value && is_number(*value) ? std::atoll(value->c_str()) : otherwise;
}

void Config::set(const std::string& key, const std::string& value) {
    check_modifiable(key);
    if (const KnownKey* known = find_known(key))
        check_config_value(key, std::string(known->value), value);
    std::lock_guard lock(mutex_);
    values_[key] = value;
}

void Config::unset(const std::string& key) {
    check_modifiable(key);
    std::lock_guard lock(mutex_);
    values_.erase(key);
}

void Config::reset() {
    std::lock_guard lock(mutex_);
    values_.clear();
}

bool Config::is_known(const std::string& key) { return find_known(key) != nullptr; }

bool Config::is_modifiable(const std::string& key) const {
    const KnownKey* known = find_known(key);
    return known && !known->is_static;
}

std::map<std::string, std::string> Config::all_set() const {
    std::lock_guard lock(mutex_);
    return values_;
}

std::map<std::string, std::string> Config::all_told() const {
    auto told = instance_defaults_;
    for (auto& [key, value] : all_set()) told[key] = plain_flag(value);
    return told;
}

std::map<std::string, std::string> Config::all() const {
    std::map<std::string, std::string> out;
    for (const auto& known : kKnown) {
        std::string key(known.key);
        out[key] = find(key).value_or("<undefined>");
    }
    for (const auto& [key, value] : all_set()) out[key] = value;
    return out;
}

std::string Config::machine_time_zone() {
    const char* tz = std::getenv("TZ");
    std::string name = tz ? tz : "";
    if (name.starts_with(":")) name.erase(0, 1);
    if (name.empty()) {
        std::error_code error;
        std::string link = std::filesystem::read_symlink("/etc/localtime", error).string();
        auto at = link.find("zoneinfo/");
        if (!error && at != std::string::npos) name = link.substr(at + 9);
    }
    try {
        if (!name.empty()) types::utc_offset_seconds(0, name);
    } catch (const Error&) {
        name.clear();
    }
    return name.empty() ? "Etc/UTC" : name;
}

}  // namespace hanok::session
