/** Shares as a reader says them: 80 %, 33.3 %. */
export const sharePercent = (probability: number): string => `${Math.round(probability * 1000) / 10} %`
