#include "storage/store_settings.h"

#include <mutex>

namespace hanok::storage {

namespace {

constexpr std::string_view kSparkPrefix = "spark.hadoop.";

std::mutex& default_mutex() {
    static std::mutex mutex;
    return mutex;
}

StoreSettingsPtr& default_slot() {
    static StoreSettingsPtr settings = std::make_shared<StoreSettings>();
    return settings;
}

StoreSettingsPtr& thread_slot() {
    thread_local StoreSettingsPtr settings;
    return settings;
}

}  // namespace

bool StoreSettings::is_store_key(const std::string& key) {
    return key.starts_with("fs.") || key.starts_with("spark.hadoop.fs.");
}

StoreSettings::StoreSettings(const std::map<std::string, std::string>& keys) {
    for (const auto& [key, value] : keys) {
        if (key.starts_with("spark.hadoop.fs."))
            values_.emplace(key.substr(kSparkPrefix.size()), value);
    }
    for (const auto& [key, value] : keys) {
        if (key.starts_with("fs.")) values_[key] = value;
    }
    for (const auto& [key, value] : values_) {
        identity_ += std::to_string(key.size()) + ":" + key;
        identity_ += std::to_string(value.size()) + ":" + value;
    }
}

std::optional<std::string> StoreSettings::find(const std::string& key) const {
    auto it = values_.find(key);
    if (it == values_.end()) return std::nullopt;
    return it->second;
}

StoreSettingsPtr StoreSettings::with(const std::map<std::string, std::string>& keys) const {
    std::map<std::string, std::string> all = values_;
    for (const auto& [key, value] : StoreSettings(keys).values_) all[key] = value;
    return std::make_shared<StoreSettings>(all);
}

StoreSettingsPtr default_store_settings() {
    std::lock_guard lock(default_mutex());
    return default_slot();
}

void set_default_store_settings(StoreSettingsPtr settings) {
    std::lock_guard lock(default_mutex());
    default_slot() = std::move(settings);
}

StoreScope::StoreScope(StoreSettingsPtr settings) : before_(std::move(thread_slot())) {
    thread_slot() = std::move(settings);
}

StoreScope::~StoreScope() { thread_slot() = std::move(before_); }

StoreSettingsPtr StoreScope::current() {
    StoreSettingsPtr own = thread_slot();
    return own ? own : default_store_settings();
}

}  // namespace hanok::storage
