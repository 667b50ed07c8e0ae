#include "engine/functions/sketches/kll_sketch.h"

#include <algorithm>
#include <cmath>

#include "engine/functions/sketches/sketch_bytes.h"

namespace hanok::engine {

namespace {

constexpr uint32_t kMagic = 0x314C4C4B;  // "KLL1"
constexpr size_t kMinCapacity = 8;
constexpr size_t kMaxLevels = 60;

}  // namespace

template <class T>
size_t KllSketch<T>::capacity(size_t level) const {
    auto depth = static_cast<double>(levels_.size() - level - 1);
    return std::max(kMinCapacity,
        static_cast<size_t>(std::ceil(static_cast<double>(k_) * std::pow(2.0 / 3.0, depth))));
}

template <class T>
void KllSketch<T>::insert(T item) {
    least_ = count_ == 0 ? item : std::min(least_, item);
    greatest_ = count_ == 0 ? item : std::max(greatest_, item);
    ++count_;
    levels_[0].push_back(item);
    if (levels_[0].size() >= capacity(0)) compress();
}

// Every other item of a full level goes one level up; an odd one out stays.
template <class T>
void KllSketch<T>::compress() {
    for (size_t level = 0; level < levels_.size(); ++level) {
        if (levels_[level].size() < capacity(level)) continue;
        if (level + 1 == levels_.size()) levels_.emplace_back();
        auto items = std::move(levels_[level]);
        levels_[level].clear();
        std::sort(items.begin(), items.end());
        if (items.size() % 2 != 0) {
            levels_[level].push_back(items.back());
            items.pop_back();
        }
        for (size_t i = is_odd_ ? 1 : 0; i < items.size(); i += 2)
            levels_[level + 1].push_back(items[i]);
        is_odd_ = !is_odd_;
    }
}

template <class T>
void KllSketch<T>::merge(const KllSketch& other) {
    if (other.count_ == 0) return;
    least_ = count_ == 0 ? other.least_ : std::min(least_, other.least_);
    greatest_ = count_ == 0 ? other.greatest_ : std::max(greatest_, other.greatest_);
    count_ += other.count_;
    k_ = std::min(k_, other.k_);
    if (levels_.size() < other.levels_.size()) levels_.resize(other.levels_.size());
    for (size_t i = 0; i < other.levels_.size(); ++i) {
        levels_[i].insert(levels_[i].end(), other.levels_[i].begin(), other.levels_[i].end());
    }
    compress();
}

template <class T>
std::vector<std::pair<T, int64_t>> KllSketch<T>::weighted() const {
    std::vector<std::pair<T, int64_t>> out;
    for (size_t level = 0; level < levels_.size(); ++level) {
        for (auto item : levels_[level]) out.emplace_back(item, int64_t{1} << level);
    }
    std::sort(out.begin(), out.end());
    return out;
}

template <class T>
T KllSketch<T>::quantile(double rank) const {
    if (rank <= 0) return least_;
    if (rank >= 1) return greatest_;
    auto wanted = static_cast<int64_t>(std::ceil(rank * static_cast<double>(count_)));
    int64_t passed = 0;
    for (const auto& [item, weight] : weighted()) {
        passed += weight;
        if (passed >= wanted) return item;
    }
    return greatest_;
}

template <class T>
double KllSketch<T>::rank(T item) const {
    int64_t passed = 0;
    for (const auto& [x, weight] : weighted()) passed += x <= item ? weight : 0;
    return static_cast<double>(passed) / static_cast<double>(count_);
}

template <class T>
std::string KllSketch<T>::text() const {
    size_t kept = 0;
    for (const auto& level : levels_) kept += level.size();
    std::string out = "### KLL sketch\n";
    out += "   K              : " + std::to_string(k_) + "\n";
    out += "   N              : " + std::to_string(count_) + "\n";
    out += "   Levels         : " + std::to_string(levels_.size()) + "\n";
    out += "   Retained items : " + std::to_string(kept) + "\n";
    if (count_ > 0) {
        out += "   Min item       : " + std::to_string(least_) + "\n";
        out += "   Max item       : " + std::to_string(greatest_) + "\n";
    }
    return out + "### End of KLL sketch\n";
}

template <class T>
std::string KllSketch<T>::bytes() const {
    std::string out;
    put(out, kMagic);
    put(out, static_cast<uint8_t>(std::is_same_v<T, int64_t> ? 0 : 1));
    put(out, static_cast<int32_t>(k_));
    put(out, count_);
    put(out, least_);
    put(out, greatest_);
    put(out, static_cast<uint8_t>(levels_.size()));
    for (const auto& level : levels_) {
        put(out, static_cast<uint32_t>(level.size()));
        for (auto item : level) put(out, item);
    }
    return out;
}

template <class T>
KllSketch<T> KllSketch<T>::parse(std::string_view bytes, const std::string& function) {
    ByteReader in{bytes};
    KllSketch out;
    bool good = in.take<uint32_t>() == kMagic;
    good = in.take<uint8_t>() == (std::is_same_v<T, int64_t> ? 0 : 1) && good;
    out.k_ = in.take<int32_t>();
    out.count_ = in.take<int64_t>();
    out.least_ = in.take<T>();
    out.greatest_ = in.take<T>();
    auto levels = in.take<uint8_t>();
    good = good && in.ok && levels > 0 && levels <= kMaxLevels && out.k_ > 0 && out.count_ >= 0;
    out.levels_.assign(good ? levels : 1, {});
    for (auto& level : out.levels_) {
        if (!good) break;
        auto size = in.take<uint32_t>();
        good = size <= in.rest.size() / sizeof(T);
        for (uint32_t i = 0; good && i < size; ++i) level.push_back(in.take<T>());
    }
    if (!good || !in.ok) {
        raise(
            runtime_error("KLL_INVALID_INPUT_SKETCH_BUFFER", {{"function", "`" + function + "`"}}));
    }
    return out;
}

template class KllSketch<int64_t>;
template class KllSketch<double>;

}  // namespace hanok::engine
