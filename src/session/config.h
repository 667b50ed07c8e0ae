#pragma once
// A session's configuration: Spark's keys with their defaults, and what the user set. Thread-safe.

#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace hanok::session {

class Config {
public:
    // `instance_defaults` override Spark's defaults for keys that depend on the server (time zone,
    // warehouse).
    explicit Config(std::map<std::string, std::string> instance_defaults = {});
    Config(const Config& other);

    // What was set, or the default; nullopt for a known key without default and for unknown keys.
    std::optional<std::string> find(const std::string& key) const;
    // As find; throws SQL_CONF_NOT_FOUND when there is neither a value nor a known key.
    std::string get(const std::string& key) const;
    bool get_bool(const std::string& key, bool otherwise) const;
    int64_t get_int(const std::string& key, int64_t otherwise) const;

    // Throws CANNOT_MODIFY_STATIC_CONFIG for static keys, CANNOT_MODIFY_CONFIG for keys of Spark's
    // core, INVALID_CONF_VALUE.* for values that make no sense, UNSUPPORTED_FEATURE for values that
    // would change answers and are not done.
    void set(const std::string& key, const std::string& value);
    void unset(const std::string& key);
    void reset();
    bool is_modifiable(const std::string& key) const;
    static bool is_known(const std::string& key);
    std::map<std::string, std::string> all_set() const;
    // What the server and the session set, flags in lower case.
    std::map<std::string, std::string> all_told() const;
    // Every known key with its value in this session, for SET -v.
    std::map<std::string, std::string> all() const;

    // The time zone Spark would take from the machine.
    static std::string machine_time_zone();

private:
    std::map<std::string, std::string> instance_defaults_;
    mutable std::mutex mutex_;
    std::map<std::string, std::string> values_;  // guarded by mutex_
};

}  // namespace hanok::session
