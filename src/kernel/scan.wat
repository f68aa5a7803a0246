;; Exact inner products of one query with every row of an int8 matrix, keeping the rows that score above a threshold.
;;
;; Memory: the caller lays it out; see scan.ts.
;;   query  int16[64]    the query, already scaled per dimension
;;   rows   int8[n, 64]  64-byte rows; n is padded to a multiple of four with zero rows
;;   hits   (i32 score, i32 row)[capacity + 3]
;;
;; Four rows are scored at a time: each is widened to int16, multiplied by the query and summed in pairs into four int32
;; lanes (i32x4.dot_i16x8_s); the four accumulators are then transposed and added, so that one comparison tests four rows.
;; |score| <= 64 * 127 * 16383 < 2^31: it cannot overflow.
(module
  (memory (export "memory") 1)
  ;; How many hits the last call wrote.
  (global $hitCount (export "hitCount") (mut i32) (i32.const 0))

  (func $dot (param $row i32)
    (param $q0 v128) (param $q1 v128) (param $q2 v128) (param $q3 v128)
    (param $q4 v128) (param $q5 v128) (param $q6 v128) (param $q7 v128)
    (result v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $a (v128.load          (local.get $row)))
    (local.set $b (v128.load offset=16 (local.get $row)))
    (local.set $c (v128.load offset=32 (local.get $row)))
    (local.set $d (v128.load offset=48 (local.get $row)))
    (i32x4.add
      (i32x4.add
        (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s  (local.get $a)) (local.get $q0))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $a)) (local.get $q1)))
        (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s  (local.get $b)) (local.get $q2))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $b)) (local.get $q3))))
      (i32x4.add
        (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s  (local.get $c)) (local.get $q4))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $c)) (local.get $q5)))
        (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s  (local.get $d)) (local.get $q6))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $d)) (local.get $q7))))))

  (func $append (param $hit i32) (param $score i32) (param $row i32) (result i32)
    (i32.store (local.get $hit) (local.get $score))
    (i32.store offset=4 (local.get $hit) (local.get $row))
    (i32.add (local.get $hit) (i32.const 8)))

  ;; Scores rows from $row until $end, or until $capacity hits are written. Returns the first row not scored.
  (func (export "scan")
    (param $query i32) (param $rows i32) (param $row i32) (param $end i32)
    (param $threshold i32) (param $hits i32) (param $capacity i32) (result i32)
    (local $q0 v128) (local $q1 v128) (local $q2 v128) (local $q3 v128)
    (local $q4 v128) (local $q5 v128) (local $q6 v128) (local $q7 v128)
    (local $at i32) (local $hit i32) (local $full i32) (local $above i32)
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local $pairs01 v128) (local $pairs23 v128) (local $scores v128) (local $thresholds v128)

    (local.set $q0 (v128.load            (local.get $query)))
    (local.set $q1 (v128.load offset=16  (local.get $query)))
    (local.set $q2 (v128.load offset=32  (local.get $query)))
    (local.set $q3 (v128.load offset=48  (local.get $query)))
    (local.set $q4 (v128.load offset=64  (local.get $query)))
    (local.set $q5 (v128.load offset=80  (local.get $query)))
    (local.set $q6 (v128.load offset=96  (local.get $query)))
    (local.set $q7 (v128.load offset=112 (local.get $query)))
    (local.set $thresholds (i32x4.splat (local.get $threshold)))
    (local.set $at (i32.add (local.get $rows) (i32.shl (local.get $row) (i32.const 6))))
    (local.set $hit (local.get $hits))
    (local.set $full (i32.add (local.get $hits) (i32.shl (local.get $capacity) (i32.const 3))))

    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $row) (local.get $end)))
        (br_if $done (i32.ge_u (local.get $hit) (local.get $full)))

        (local.set $s0 (call $dot (local.get $at)
          (local.get $q0) (local.get $q1) (local.get $q2) (local.get $q3) (local.get $q4) (local.get $q5) (local.get $q6) (local.get $q7)))
        (local.set $s1 (call $dot (i32.add (local.get $at) (i32.const 64))
          (local.get $q0) (local.get $q1) (local.get $q2) (local.get $q3) (local.get $q4) (local.get $q5) (local.get $q6) (local.get $q7)))
        (local.set $s2 (call $dot (i32.add (local.get $at) (i32.const 128))
          (local.get $q0) (local.get $q1) (local.get $q2) (local.get $q3) (local.get $q4) (local.get $q5) (local.get $q6) (local.get $q7)))
        (local.set $s3 (call $dot (i32.add (local.get $at) (i32.const 192))
          (local.get $q0) (local.get $q1) (local.get $q2) (local.get $q3) (local.get $q4) (local.get $q5) (local.get $q6) (local.get $q7)))

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
            (local.set $hit (call $append (local.get $hit) (i32x4.extract_lane 0 (local.get $scores)) (local.get $row)))))
          (if (i32.and (local.get $above) (i32.const 2)) (then
            (local.set $hit (call $append (local.get $hit) (i32x4.extract_lane 1 (local.get $scores)) (i32.add (local.get $row) (i32.const 1))))))
          (if (i32.and (local.get $above) (i32.const 4)) (then
            (local.set $hit (call $append (local.get $hit) (i32x4.extract_lane 2 (local.get $scores)) (i32.add (local.get $row) (i32.const 2))))))
          (if (i32.and (local.get $above) (i32.const 8)) (then
            (local.set $hit (call $append (local.get $hit) (i32x4.extract_lane 3 (local.get $scores)) (i32.add (local.get $row) (i32.const 3))))))))

        (local.set $row (i32.add (local.get $row) (i32.const 4)))
        (local.set $at (i32.add (local.get $at) (i32.const 256)))
        (br $next)))

    (global.set $hitCount (i32.shr_u (i32.sub (local.get $hit) (local.get $hits)) (i32.const 3)))
    (local.get $row))

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
