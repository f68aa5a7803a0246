;; Exact inner products of one query with rows of an int8 matrix, and the best of them.
;;
;; Memory: the caller lays it out; see scan.ts.
;;   query      int16[64]   the query, already scaled per dimension
;;   rows       int8[n, 64] 64-byte rows; n is padded to a multiple of four with zero rows
;;   permitted  uint8[n]    0 where a row is passed over
;;   heap       int64[k]    score << 32 | ~row: the lower half tells the row, and makes the later of two equal scores the lower
;;
;; Four rows are scored at a time: each is widened to int16, multiplied by the query and summed in pairs into four int32
;; lanes (i32x4.dot_i16x8_s); the four accumulators are then transposed and added, so that one comparison tests four rows.
;; |score| <= 64 * 127 * 16383 < 2^31: it cannot overflow.
;;
;; The product of a row is written out four times: as a function of its own V8 inlines it or not by the size of the module.
(module
  (memory (export "memory") 1)

  ;; The heap of topk.ts, step by step: it keeps the best $capacity of what is offered, the lowest at its root at $heap.
  (global $heap (mut i32) (i32.const 0))
  ;; Bytes it may take, and takes.
  (global $capacity (mut i32) (i32.const 0))
  (global $size (mut i32) (i32.const 0))
  ;; A row must score above this to enter.
  (global $threshold (mut i32) (i32.const 0))
  ;; Rows from this on are padding.
  (global $count (mut i32) (i32.const 0))
  ;; Where `permitted` is, or 0 for none.
  (global $permitted (mut i32) (i32.const 0))

  ;; Where a new entry, the latest, belongs: from the end of the heap upwards. Places are bytes from the root.
  (func $siftUp (param $new i64) (result i32)
    (local $at i32) (local $parent i32) (local $other i64)
    (local.set $at (global.get $size))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $at)))
        (local.set $parent (i32.and (i32.shr_u (i32.sub (local.get $at) (i32.const 8)) (i32.const 1)) (i32.const -8)))
        (local.set $other (i64.load (i32.add (global.get $heap) (local.get $parent))))
        (br_if $done (i64.lt_s (local.get $other) (local.get $new)))
        (i64.store (i32.add (global.get $heap) (local.get $at)) (local.get $other))
        (local.set $at (local.get $parent))
        (br $next)))
    (local.get $at))

  ;; Where what takes the root's place belongs.
  (func $siftDown (param $new i64) (result i32)
    (local $at i32) (local $child i32) (local $lower i64) (local $other i64) (local $heap i32) (local $size i32)
    (local.set $heap (global.get $heap))
    (local.set $size (global.get $size))
    (block $done
      (loop $next
        (local.set $child (i32.add (i32.shl (local.get $at) (i32.const 1)) (i32.const 8)))
        (br_if $done (i32.ge_u (local.get $child) (local.get $size)))
        (local.set $lower (i64.load (i32.add (local.get $heap) (local.get $child))))
        (if (i32.lt_u (i32.add (local.get $child) (i32.const 8)) (local.get $size)) (then
          (local.set $other (i64.load offset=8 (i32.add (local.get $heap) (local.get $child))))
          (if (i64.lt_s (local.get $other) (local.get $lower)) (then
            (local.set $lower (local.get $other))
            (local.set $child (i32.add (local.get $child) (i32.const 8)))))))
        (br_if $done (i64.ge_s (local.get $lower) (local.get $new)))
        (i64.store (i32.add (local.get $heap) (local.get $at)) (local.get $lower))
        (local.set $at (local.get $child))
        (br $next)))
    (local.get $at))

  (func $offer (param $score i32) (param $row i32)
    (local $new i64) (local $at i32)
    (if (i32.ge_u (local.get $row) (global.get $count)) (then (return)))
    (if (global.get $permitted) (then
      (if (i32.eqz (i32.load8_u (i32.add (global.get $permitted) (local.get $row)))) (then (return)))))
    (if (i32.le_s (local.get $score) (global.get $threshold)) (then (return))) ;; it has risen since four rows were compared with it
    (local.set $new (i64.or
      (i64.shl (i64.extend_i32_s (local.get $score)) (i64.const 32))
      (i64.extend_i32_u (i32.xor (local.get $row) (i32.const -1)))))
    (if (i32.lt_u (global.get $size) (global.get $capacity))
      (then
        (local.set $at (call $siftUp (local.get $new)))
        (global.set $size (i32.add (global.get $size) (i32.const 8))))
      (else (local.set $at (call $siftDown (local.get $new)))))
    (i64.store (i32.add (global.get $heap) (local.get $at)) (local.get $new))
    (if (i32.eq (global.get $size) (global.get $capacity)) (then
      (global.set $threshold (i32.load offset=4 (global.get $heap))))))

  ;; Fills the heap at $best with the best $k > 0 of $rowCount rows. Returns how many it holds. $allowed is 0 where every row is.
  (func (export "nearest")
    (param $query i32) (param $rows i32) (param $rowCount i32) (param $allowed i32) (param $best i32) (param $k i32) (result i32)
    (local $q0 v128) (local $q1 v128) (local $q2 v128) (local $q3 v128)
    (local $q4 v128) (local $q5 v128) (local $q6 v128) (local $q7 v128)
    (local $at i32) (local $row i32) (local $above i32)
    (local $codes v128) (local $p0 v128) (local $p1 v128) (local $p2 v128) (local $p3 v128)
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local $pairs01 v128) (local $pairs23 v128) (local $scores v128) (local $thresholds v128)

    (global.set $heap (local.get $best))
    (global.set $capacity (i32.shl (local.get $k) (i32.const 3)))
    (global.set $size (i32.const 0))
    (global.set $threshold (i32.const 0x80000000))
    (global.set $count (local.get $rowCount))
    (global.set $permitted (local.get $allowed))
    (local.set $q0 (v128.load (local.get $query)))
    (local.set $q1 (v128.load offset=16 (local.get $query)))
    (local.set $q2 (v128.load offset=32 (local.get $query)))
    (local.set $q3 (v128.load offset=48 (local.get $query)))
    (local.set $q4 (v128.load offset=64 (local.get $query)))
    (local.set $q5 (v128.load offset=80 (local.get $query)))
    (local.set $q6 (v128.load offset=96 (local.get $query)))
    (local.set $q7 (v128.load offset=112 (local.get $query)))
    (local.set $thresholds (i32x4.splat (global.get $threshold)))
    (local.set $at (local.get $rows))

    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $row) (local.get $rowCount)))

        (local.set $codes (v128.load (local.get $at)))
        (local.set $p0 (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (local.get $q0))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (local.get $q1))))
        (local.set $codes (v128.load offset=16 (local.get $at)))
        (local.set $p1 (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (local.get $q2))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (local.get $q3))))
        (local.set $codes (v128.load offset=32 (local.get $at)))
        (local.set $p2 (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (local.get $q4))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (local.get $q5))))
        (local.set $codes (v128.load offset=48 (local.get $at)))
        (local.set $p3 (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (local.get $q6))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (local.get $q7))))
        (local.set $s0 (i32x4.add
          (i32x4.add (local.get $p0) (local.get $p1))
          (i32x4.add (local.get $p2) (local.get $p3))))
        (local.set $codes (v128.load offset=64 (local.get $at)))
        (local.set $p0 (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (local.get $q0))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (local.get $q1))))
        (local.set $codes (v128.load offset=80 (local.get $at)))
        (local.set $p1 (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (local.get $q2))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (local.get $q3))))
        (local.set $codes (v128.load offset=96 (local.get $at)))
        (local.set $p2 (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (local.get $q4))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (local.get $q5))))
        (local.set $codes (v128.load offset=112 (local.get $at)))
        (local.set $p3 (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (local.get $q6))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (local.get $q7))))
        (local.set $s1 (i32x4.add
          (i32x4.add (local.get $p0) (local.get $p1))
          (i32x4.add (local.get $p2) (local.get $p3))))
        (local.set $codes (v128.load offset=128 (local.get $at)))
        (local.set $p0 (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (local.get $q0))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (local.get $q1))))
        (local.set $codes (v128.load offset=144 (local.get $at)))
        (local.set $p1 (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (local.get $q2))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (local.get $q3))))
        (local.set $codes (v128.load offset=160 (local.get $at)))
        (local.set $p2 (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (local.get $q4))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (local.get $q5))))
        (local.set $codes (v128.load offset=176 (local.get $at)))
        (local.set $p3 (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (local.get $q6))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (local.get $q7))))
        (local.set $s2 (i32x4.add
          (i32x4.add (local.get $p0) (local.get $p1))
          (i32x4.add (local.get $p2) (local.get $p3))))
        (local.set $codes (v128.load offset=192 (local.get $at)))
        (local.set $p0 (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (local.get $q0))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (local.get $q1))))
        (local.set $codes (v128.load offset=208 (local.get $at)))
        (local.set $p1 (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (local.get $q2))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (local.get $q3))))
        (local.set $codes (v128.load offset=224 (local.get $at)))
        (local.set $p2 (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (local.get $q4))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (local.get $q5))))
        (local.set $codes (v128.load offset=240 (local.get $at)))
        (local.set $p3 (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (local.get $q6))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (local.get $q7))))
        (local.set $s3 (i32x4.add
          (i32x4.add (local.get $p0) (local.get $p1))
          (i32x4.add (local.get $p2) (local.get $p3))))

        ;; (a0 a1 a2 a3) (b0 b1 b2 b3) -> (a0+a1 b0+b1 a2+a3 b2+b3), twice, then once more across.
        (local.set $pairs01 (i32x4.add
          (i8x16.shuffle 0 1 2 3 16 17 18 19 8 9 10 11 24 25 26 27 (local.get $s0) (local.get $s1))
          (i8x16.shuffle 4 5 6 7 20 21 22 23 12 13 14 15 28 29 30 31 (local.get $s0) (local.get $s1))))
        (local.set $pairs23 (i32x4.add
          (i8x16.shuffle 0 1 2 3 16 17 18 19 8 9 10 11 24 25 26 27 (local.get $s2) (local.get $s3))
          (i8x16.shuffle 4 5 6 7 20 21 22 23 12 13 14 15 28 29 30 31 (local.get $s2) (local.get $s3))))
        (local.set $scores (i32x4.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $pairs01) (local.get $pairs23))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $pairs01) (local.get $pairs23))))

        (local.set $above (i32x4.bitmask (i32x4.gt_s (local.get $scores) (local.get $thresholds))))
        (if (local.get $above) (then
          (if (i32.and (local.get $above) (i32.const 1)) (then
            (call $offer (i32x4.extract_lane 0 (local.get $scores)) (local.get $row))))
          (if (i32.and (local.get $above) (i32.const 2)) (then
            (call $offer (i32x4.extract_lane 1 (local.get $scores)) (i32.add (local.get $row) (i32.const 1)))))
          (if (i32.and (local.get $above) (i32.const 4)) (then
            (call $offer (i32x4.extract_lane 2 (local.get $scores)) (i32.add (local.get $row) (i32.const 2)))))
          (if (i32.and (local.get $above) (i32.const 8)) (then
            (call $offer (i32x4.extract_lane 3 (local.get $scores)) (i32.add (local.get $row) (i32.const 3)))))
          (local.set $thresholds (i32x4.splat (global.get $threshold)))))

        (local.set $row (i32.add (local.get $row) (i32.const 4)))
        (local.set $at (i32.add (local.get $at) (i32.const 256)))
        (br $next)))
    (i32.shr_u (global.get $size) (i32.const 3)))

  ;; The products of one float32[64] query with some rows: replaces each of the $count row numbers (i32) at $list by its
  ;; product (f32).
  (func (export "products") (param $query i32) (param $rows i32) (param $list i32) (param $count i32)
    (local $end i32) (local $at i32)
    (local $codes v128) (local $wide v128) (local $even v128) (local $odd v128)
    (local.set $end (i32.add (local.get $list) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $list) (local.get $end)))
        (local.set $at (i32.add (local.get $rows) (i32.shl (i32.load (local.get $list)) (i32.const 6))))
        (local.set $even (v128.const f32x4 0 0 0 0))
        (local.set $odd (v128.const f32x4 0 0 0 0))
        (local.set $codes (v128.load (local.get $at)))
        (local.set $wide (i16x8.extend_low_i8x16_s (local.get $codes)))
        (local.set $even (f32x4.add (local.get $even) (f32x4.mul
          (v128.load (local.get $query))
          (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $wide))))))
        (local.set $odd (f32x4.add (local.get $odd) (f32x4.mul
          (v128.load offset=16 (local.get $query))
          (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $wide))))))
        (local.set $wide (i16x8.extend_high_i8x16_s (local.get $codes)))
        (local.set $even (f32x4.add (local.get $even) (f32x4.mul
          (v128.load offset=32 (local.get $query))
          (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $wide))))))
        (local.set $odd (f32x4.add (local.get $odd) (f32x4.mul
          (v128.load offset=48 (local.get $query))
          (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $wide))))))
        (local.set $codes (v128.load offset=16 (local.get $at)))
        (local.set $wide (i16x8.extend_low_i8x16_s (local.get $codes)))
        (local.set $even (f32x4.add (local.get $even) (f32x4.mul
          (v128.load offset=64 (local.get $query))
          (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $wide))))))
        (local.set $odd (f32x4.add (local.get $odd) (f32x4.mul
          (v128.load offset=80 (local.get $query))
          (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $wide))))))
        (local.set $wide (i16x8.extend_high_i8x16_s (local.get $codes)))
        (local.set $even (f32x4.add (local.get $even) (f32x4.mul
          (v128.load offset=96 (local.get $query))
          (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $wide))))))
        (local.set $odd (f32x4.add (local.get $odd) (f32x4.mul
          (v128.load offset=112 (local.get $query))
          (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $wide))))))
        (local.set $codes (v128.load offset=32 (local.get $at)))
        (local.set $wide (i16x8.extend_low_i8x16_s (local.get $codes)))
        (local.set $even (f32x4.add (local.get $even) (f32x4.mul
          (v128.load offset=128 (local.get $query))
          (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $wide))))))
        (local.set $odd (f32x4.add (local.get $odd) (f32x4.mul
          (v128.load offset=144 (local.get $query))
          (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $wide))))))
        (local.set $wide (i16x8.extend_high_i8x16_s (local.get $codes)))
        (local.set $even (f32x4.add (local.get $even) (f32x4.mul
          (v128.load offset=160 (local.get $query))
          (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $wide))))))
        (local.set $odd (f32x4.add (local.get $odd) (f32x4.mul
          (v128.load offset=176 (local.get $query))
          (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $wide))))))
        (local.set $codes (v128.load offset=48 (local.get $at)))
        (local.set $wide (i16x8.extend_low_i8x16_s (local.get $codes)))
        (local.set $even (f32x4.add (local.get $even) (f32x4.mul
          (v128.load offset=192 (local.get $query))
          (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $wide))))))
        (local.set $odd (f32x4.add (local.get $odd) (f32x4.mul
          (v128.load offset=208 (local.get $query))
          (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $wide))))))
        (local.set $wide (i16x8.extend_high_i8x16_s (local.get $codes)))
        (local.set $even (f32x4.add (local.get $even) (f32x4.mul
          (v128.load offset=224 (local.get $query))
          (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $wide))))))
        (local.set $odd (f32x4.add (local.get $odd) (f32x4.mul
          (v128.load offset=240 (local.get $query))
          (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $wide))))))
        (local.set $even (f32x4.add (local.get $even) (local.get $odd)))
        (f32.store (local.get $list)
          (f32.add
            (f32.add (f32x4.extract_lane 0 (local.get $even)) (f32x4.extract_lane 1 (local.get $even)))
            (f32.add (f32x4.extract_lane 2 (local.get $even)) (f32x4.extract_lane 3 (local.get $even)))))
        (local.set $list (i32.add (local.get $list) (i32.const 4)))
        (br $next))))
)
