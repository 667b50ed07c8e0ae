#pragma once
// What stores are told by configuration: Hadoop's keys ("fs.s3a.endpoint"), for the whole server or
// for what one thread does on behalf of a session.

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace hanok::storage {

/// Immutable; shared by the stores made from it.
class StoreSettings {
public:
    /// Keeps keys that begin with "fs." or "spark.hadoop.fs.", the latter without "spark.hadoop.".
    /// The former win.
    explicit StoreSettings(const std::map<std::string, std::string>& keys = {});

    std::optional<std::string> find(const std::string& key) const;
    /// These settings, and the given keys over them.
    std::shared_ptr<const StoreSettings> with(const std::map<std::string, std::string>& keys) const;
    /// Equal for equal settings. Holds secrets: for comparison in memory only.
    const std::string& identity() const { return identity_; }
    static bool is_store_key(const std::string& key);

private:
    std::map<std::string, std::string> values_;
    std::string identity_;
};

using StoreSettingsPtr = std::shared_ptr<const StoreSettings>;

/// The server's; set once at start, before stores are used.
StoreSettingsPtr default_store_settings();
void set_default_store_settings(StoreSettingsPtr settings);

/// While it lives, store_for() on this thread goes by these settings. Nests.
class StoreScope {
public:
    explicit StoreScope(StoreSettingsPtr settings);
    ~StoreScope();
    StoreScope(const StoreScope&) = delete;
    StoreScope& operator=(const StoreScope&) = delete;
    /// The settings of the innermost scope of this thread, or the server's.
    static StoreSettingsPtr current();

private:
    StoreSettingsPtr before_;
};

}  // namespace hanok::storage
