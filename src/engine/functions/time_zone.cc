#include "engine/functions/time_zone.h"

#include <date/tz.h>

#include <limits>
#include <memory>
#include <unordered_map>

#include "engine/functions/arithmetic_error.h"
#include "engine/functions/kernel.h"

namespace hanok::engine {

namespace {

constexpr int64_t kMaxSeconds = std::numeric_limits<int64_t>::max() / kMicrosPerSecond;

int64_t clamped_micros(int64_t seconds) {
    if (seconds >= kMaxSeconds) return std::numeric_limits<int64_t>::max();
    if (seconds <= -kMaxSeconds) return std::numeric_limits<int64_t>::min();
    return seconds * kMicrosPerSecond;
}

// Short ids that Java knows and the zone database does not.
const std::unordered_map<std::string_view, const char*>& short_ids() {
    static const std::unordered_map<std::string_view, const char*> ids = {
        {"ACT", "Australia/Darwin"},
        {"AET", "Australia/Sydney"},
        {"AGT", "America/Argentina/Buenos_Aires"},
        {"ART", "Africa/Cairo"},
        {"AST", "America/Anchorage"},
        {"BET", "America/Sao_Paulo"},
        {"BST", "Asia/Dhaka"},
        {"CAT", "Africa/Harare"},
        {"CNT", "America/St_Johns"},
        {"CST", "America/Chicago"},
        {"CTT", "Asia/Shanghai"},
        {"EAT", "Africa/Addis_Ababa"},
        {"ECT", "Europe/Paris"},
        {"IET", "America/Indiana/Indianapolis"},
        {"IST", "Asia/Kolkata"},
        {"JST", "Asia/Tokyo"},
        {"MIT", "Pacific/Apia"},
        {"NET", "Asia/Yerevan"},
        {"NST", "Pacific/Auckland"},
        {"PLT", "Asia/Karachi"},
        {"PNT", "America/Phoenix"},
        {"PRT", "America/Puerto_Rico"},
        {"PST", "America/Los_Angeles"},
        {"SST", "Pacific/Guadalcanal"},
        {"VST", "Asia/Ho_Chi_Minh"},
        {"EST", "-05:00"},
        {"MST", "-07:00"},
        {"HST", "-10:00"},
    };
    return ids;
}

// "+9", "+09:00", "-0930", "+09:30:15"; false for anything else.
bool parse_offset(std::string_view text, int64_t* micros) {
    if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return false;
    int parts[3] = {0, 0, 0};
    int n = 0;
    size_t i = 1;
    while (i < text.size() && n < 3) {
        size_t begin = i;
        int value = 0;
        while (i < text.size() && i - begin < 2 && text[i] >= '0' && text[i] <= '9')
            value = value * 10 + (text[i++] - '0');
        if (i == begin) return false;
        parts[n++] = value;
        if (i < text.size() && text[i] == ':' && ++i == text.size()) return false;
    }
    if (i != text.size() || parts[0] > 18 || parts[1] > 59 || parts[2] > 59) return false;
    int64_t seconds = parts[0] * 3600 + parts[1] * 60 + parts[2];
    if (seconds > 18 * 3600) return false;
    *micros = (text[0] == '-' ? -seconds : seconds) * kMicrosPerSecond;
    return true;
}

bool fixed_offset(std::string_view name, int64_t* micros) {
    if (name == "Z" || name == "z" || name == "UTC" || name == "GMT" || name == "UT") {
        *micros = 0;
        return true;
    }
    for (std::string_view prefix : {"UTC", "GMT", "UT"}) {
        if (name.starts_with(prefix)) return parse_offset(name.substr(prefix.size()), micros);
    }
    return parse_offset(name, micros);
}

const date::time_zone* find_region(std::string_view name) {
    try {
        return date::locate_zone(std::string(name));
    } catch (const std::exception&) {
        return nullptr;
    }
}

}  // namespace

const TimeZone* TimeZone::find(std::string_view name) {
    thread_local std::unordered_map<std::string, std::unique_ptr<TimeZone>> zones;
    thread_local std::string last_name;
    thread_local const TimeZone* last = nullptr;
    if (last != nullptr && last_name == name) return last;
    auto it = zones.find(std::string(name));
    if (it == zones.end()) {
        auto zone = std::make_unique<TimeZone>();
        auto short_id = short_ids().find(name);
        auto id = short_id == short_ids().end() ? name : std::string_view(short_id->second);
        if (!fixed_offset(id, &zone->fixed_micros_)) {
            zone->region_ = find_region(id);
            if (zone->region_ == nullptr) zone.reset();
        }
        it = zones.emplace(std::string(name), std::move(zone)).first;
    }
    if (!it->second) return nullptr;
    last_name = name;
    last = it->second.get();
    return last;
}

const TimeZone& TimeZone::get(std::string_view name) {
    if (const auto* zone = find(name)) return *zone;
    raise(Error(ErrorKind::kDateTime, "INVALID_TIMEZONE", {{"timeZone", std::string(name)}}));
}

int64_t TimeZone::offset_micros(int64_t utc_micros) const {
    if (region_ == nullptr) return fixed_micros_;
    if (utc_micros >= begin_ && utc_micros < end_) return offset_;
    auto info = region_->get_info(
        date::sys_seconds(std::chrono::seconds(floor_divide(utc_micros, kMicrosPerSecond))));
    begin_ = clamped_micros(info.begin.time_since_epoch().count());
    end_ = clamped_micros(info.end.time_since_epoch().count());
    offset_ = info.offset.count() * kMicrosPerSecond;
    return offset_;
}

int64_t day_start(int64_t days) {
    int64_t micros = 0;
    if (__builtin_mul_overflow(days, kMicrosPerDay, &micros)) raise_overflow("long overflow");
    return micros;
}

int64_t TimeZone::to_utc(int64_t local_micros) const {
    if (region_ == nullptr) return local_micros - fixed_micros_;
    if (local_micros >= local_begin_ && local_micros < local_end_)
        return local_micros - local_offset_;
    auto info = region_->get_info(
        date::local_seconds(std::chrono::seconds(floor_divide(local_micros, kMicrosPerSecond))));
    // In a gap `first` is the offset before it, which moves the time forward; in an overlap it is
    // the earlier one.
    auto offset = info.first.offset.count() * kMicrosPerSecond;
    if (info.result == date::local_info::unique) {
        constexpr int64_t kMargin = kMicrosPerDay;
        auto begin = clamped_micros(info.first.begin.time_since_epoch().count());
        auto end = clamped_micros(info.first.end.time_since_epoch().count());
        bool has_begin = begin > std::numeric_limits<int64_t>::min() + 2 * kMargin;
        bool has_end = end < std::numeric_limits<int64_t>::max() - 2 * kMargin;
        local_begin_ = has_begin ? begin + offset + kMargin : begin;
        local_end_ = has_end ? end + offset - kMargin : end;
        local_offset_ = offset;
    }
    return local_micros - offset;
}

}  // namespace hanok::engine
